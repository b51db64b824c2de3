import Testing

@testable import NNG

@Suite("The mending of NNG's dropped operations")
struct DroppedOperationsTests {
    @Test("it is in place in this program, so sockets open")
    func inPlace() throws {
        #expect(DroppedOperations.areMended { DroppedOperations.definition($0) })
        #expect(throws: Never.self) { try DroppedOperations.require() }
    }

    @Test("where either function is NNG's own, or there is none, it is not in place")
    func notInPlace() {
        // What NNG itself would reach, were this program's definitions not in front of its own.
        #expect(DroppedOperations.definition("nng_stream_recv", isNext: true) != nil)
        #expect(!DroppedOperations.areMended { DroppedOperations.definition($0, isNext: true) })
        for name in ["nng_stream_recv", "nng_stream_send"] {
            #expect(!DroppedOperations.areMended { DroppedOperations.definition($0, isNext: $0 == name) })
        }
        #expect(!DroppedOperations.areMended { _ in nil })
    }

    @Test("without it a socket is refused, with a sentence that says what to do")
    func refused() {
        let error = #expect(throws: NNGError.self) { try DroppedOperations.require(false) }
        #expect(error?.code == .notSupported)
        #expect(error.map { "\($0)".contains("link the NNG module") } == true)
    }
}
