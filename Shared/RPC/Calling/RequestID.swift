/// The name of a call in logs: 15 characters of 32 kinds, because a receiver in Swift keeps a text of 15 bytes without
/// allocating.
struct RequestID: Sendable {
    static let byteCount = 15
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// 60 and 15 random bits, of which five at a time make a character.
    private let low: UInt64
    private let high: UInt64

    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    static func random(using random: inout QuickRandom) -> RequestID {
        RequestID(low: random.next(), high: random.next())
    }

    func append(to bytes: inout [UInt8]) {
        for index: UInt64 in 0..<12 { bytes.append(Self.alphabet[Int(truncatingIfNeeded: low &>> (5 * index) & 31)]) }
        for index: UInt64 in 0..<3 { bytes.append(Self.alphabet[Int(truncatingIfNeeded: high &>> (5 * index) & 31)]) }
    }
}
