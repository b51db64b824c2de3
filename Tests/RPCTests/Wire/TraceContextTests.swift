import RPC
import Testing

@Suite("traceparent")
struct TraceContextTests {
    private static let example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("the example of the specification is read and written back")
    func example() throws {
        let trace = try #require(TraceContext(traceparent: Self.example))
        #expect(trace.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(trace.spanID == 0x00f0_67aa_0ba9_02b7)
        #expect(trace.isSampled)
        #expect(trace.traceparent == Self.example)
        let child = trace.child()
        #expect(child.traceID == trace.traceID && child.spanID != trace.spanID && child.isSampled)
    }

    @Test("a later version is read by what it shares with this one")
    func laterVersion() {
        #expect(TraceContext(traceparent: "cc" + Self.example.dropFirst(2) + "-what-comes") != nil)
        #expect(TraceContext(traceparent: "cc" + Self.example.dropFirst(2) + "x") == nil)
    }

    @Test(
        "what is not a traceparent is not read",
        arguments: [
            "", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ])
    func refused(_ text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }
}
