/// Names of calls in logs: 15 characters of 32 kinds, because Swift keeps a text of 15 bytes without allocating.
enum RequestID {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    static func next() -> String {
        var low = QuickRandom.next()
        var high = QuickRandom.next()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(15)
        for index in 0..<15 {
            if index < 12 {
                bytes.append(alphabet[Int(truncatingIfNeeded: low & 31)])
                low &>>= 5
            } else {
                bytes.append(alphabet[Int(truncatingIfNeeded: high & 31)])
                high &>>= 5
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
