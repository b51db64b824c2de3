internal import Synchronization

/// Sixteen bytes that one key never signs twice: a part that is random for each process, and a count.
struct Nonce: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads sixteen bytes, most significant first; nil for another number of bytes.
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count == WireLayout.nonceByteCount else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<8 { high = high &<< 8 | UInt64(bytes[index]) }
        for index in 8..<16 { low = low &<< 8 | UInt64(bytes[index]) }
        self.init(high: high, low: low)
    }

    private static let process = UInt64.random(in: .min ... .max)
    /// Starts anywhere, so that a process that drew the same random part as another still differs.
    private static let count = Atomic<UInt64>(UInt64.random(in: .min ... .max))

    static func next() -> Nonce {
        Nonce(high: process, low: count.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    func append(to bytes: inout [UInt8]) {
        for half in [high, low] {
            var shift: UInt64 = 64
            while shift > 0 {
                shift -= 8
                bytes.append(UInt8(truncatingIfNeeded: half &>> shift))
            }
        }
    }
}
