import Foundation
import NNG
import Testing

@Suite("objects of one thread")
struct ThreadLocalTests {
    private final class Note {}

    @Test("an object is there while its closure runs, the innermost first, and for no other thread")
    func nested() {
        let local = ThreadLocal<Note>()
        let (outer, inner) = (Note(), Note())
        #expect(local.current == nil)
        local.run(with: outer) {
            #expect(local.current === outer)
            local.run(with: inner) { #expect(local.current === inner) }
            #expect(local.current === outer)
            let elsewhere = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                #expect(local.current == nil)
                elsewhere.signal()
            }
            elsewhere.wait()
        }
        #expect(local.current == nil)
    }
}
