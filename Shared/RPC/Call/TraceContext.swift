/// A place in a distributed trace, as W3C `traceparent` writes it.
///
/// Source: https://www.w3.org/TR/trace-context/#traceparent-header (version 00).
public struct TraceContext: Sendable, Hashable, CustomStringConvertible {
    /// The 16 bytes of the trace id, high half first; never both zero.
    public let traceIDHigh: UInt64
    public let traceIDLow: UInt64
    /// The 8 bytes of the id of the span that makes the call; never zero.
    public let spanID: UInt64
    /// Whether the trace is recorded.
    public let isSampled: Bool

    public init(traceIDHigh: UInt64, traceIDLow: UInt64, spanID: UInt64, isSampled: Bool) {
        self.traceIDHigh = traceIDHigh
        self.traceIDLow = traceIDLow
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// A new trace.
    public static func random() -> TraceContext {
        var random = QuickRandom()
        return .random(using: &random)
    }

    static func random(using random: inout QuickRandom) -> TraceContext {
        TraceContext(
            traceIDHigh: random.next() | 1, traceIDLow: random.next(), spanID: random.next() | 1, isSampled: true)
    }

    /// A new span in the same trace.
    public func child() -> TraceContext {
        var random = QuickRandom()
        return child(using: &random)
    }

    func child(using random: inout QuickRandom) -> TraceContext {
        TraceContext(traceIDHigh: traceIDHigh, traceIDLow: traceIDLow, spanID: random.next() | 1, isSampled: isSampled)
    }

    /// The 32 hexadecimal digits by which logs and reports name the trace.
    public var traceID: String { Hexadecimal.text(traceIDHigh) + Hexadecimal.text(traceIDLow) }

    /// The header value, 55 characters.
    public var traceparent: String {
        "00-\(traceID)-\(Hexadecimal.text(spanID))-\(isSampled ? "01" : "00")"
    }

    public var description: String { traceparent }

    /// Reads a header value; nil when it is not a valid `traceparent` (the caller then starts a new trace).
    public init?(traceparent: String) {
        self.init(traceparentBytes: Array(traceparent.utf8).span)
    }
}
