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
        self.init(
            high: UInt64(bigEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            low: UInt64(bigEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    private static let process = UInt64.random(in: .min ... .max)
    /// Starts anywhere, so that a process that drew the same random part as another still differs.
    private static let count = Atomic<UInt64>(UInt64.random(in: .min ... .max))

    static func next() -> Nonce {
        Nonce(high: process, low: count.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    func append(to bytes: inout [UInt8]) {
        bytes.appendFixed(high)
        bytes.appendFixed(low)
    }
}
