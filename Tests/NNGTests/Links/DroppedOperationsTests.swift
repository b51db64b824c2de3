import Glibc
import Testing

@testable import NNG

@Suite("The mending of NNG's dropped operations")
struct DroppedOperationsTests {
    /// What NNG itself would reach, were this program's definitions not in front of its own.
    private static func next(_ name: String) -> UnsafeMutableRawPointer? {
        dlsym(UnsafeMutableRawPointer(bitPattern: -1), name)
    }

    @Test("it is in place in this program, so sockets open")
    func inPlace() throws {
        #expect(DroppedOperations.areMended { dlsym(nil, $0) })
        #expect(throws: Never.self) { try DroppedOperations.require() }
    }

    @Test("where either function is NNG's own, or there is none, it is not in place")
    func notInPlace() {
        #expect(Self.next("nng_stream_recv") != nil)
        #expect(!DroppedOperations.areMended { Self.next($0) })
        #expect(!DroppedOperations.areMended { $0 == "nng_stream_recv" ? Self.next($0) : dlsym(nil, $0) })
        #expect(!DroppedOperations.areMended { $0 == "nng_stream_send" ? Self.next($0) : dlsym(nil, $0) })
        #expect(!DroppedOperations.areMended { _ in nil })
    }

    @Test("without it a socket is refused, with a sentence that says what to do")
    func refused() {
        let error = #expect(throws: NNGError.self) { try DroppedOperations.require(false) }
        #expect(error?.code == .notSupported)
        #expect(error.map { "\($0)".contains("link the NNG module") } == true)
    }
}
