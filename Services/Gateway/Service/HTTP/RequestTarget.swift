/// The target of a request line, taken apart: `/v1/customers/mobile%3A1?timeline=5`.
struct RequestTarget: Sendable {
    let segments: [String]
    /// In the order they were sent.
    let query: [(name: String, value: String)]

    init(_ target: String) throws(Problem) {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = halves.first, path.hasPrefix("/") else {
            throw Problem(.badRequest, "invalid_target", "The request line needs a path that begins with a slash.")
        }
        var segments: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            segments.append(try Self.decoded(part, plusIsSpace: false))
        }
        self.segments = segments
        var query: [(name: String, value: String)] = []
        if halves.count == 2 {
            for pair in halves[1].split(separator: "&", omittingEmptySubsequences: true) {
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = try Self.decoded(sides[0], plusIsSpace: true)
                query.append((name, sides.count == 2 ? try Self.decoded(sides[1], plusIsSpace: true) : ""))
            }
        }
        self.query = query
    }

    private static func decoded(_ text: Substring, plusIsSpace: Bool) throws(Problem) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") || $0 >= 0x80 }) else {
            return String(text)
        }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "%"):
                guard index + 2 < bytes.count, let high = Character(Unicode.Scalar(bytes[index + 1])).hexDigitValue,
                    let low = Character(Unicode.Scalar(bytes[index + 2])).hexDigitValue
                else {
                    throw Problem(
                        .badRequest, "invalid_target", "A % in the address must be followed by two hexadecimal digits.")
                }
                result.append(UInt8(high * 16 + low))
                index += 3
            case UInt8(ascii: "+") where plusIsSpace:
                result.append(UInt8(ascii: " "))
                index += 1
            default:
                result.append(bytes[index])
                index += 1
            }
        }
        guard let decoded = String(validating: result, as: UTF8.self) else {
            throw Problem(.badRequest, "invalid_target", "The address holds bytes that are not UTF-8.")
        }
        return decoded
    }
}
