internal import RPC
internal import ServiceKit

/// Heads as lines of text: suite service, number of the entry, its code in hexadecimal digits.
enum AuditHeads {
    static func line(_ head: AuditHead) -> String {
        let code = head.authenticationCode.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        return "\(head.service) \(head.sequence) \(code)"
    }

    static func parse(_ text: String) -> [AuditHead]? {
        var heads: [AuditHead] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 3, let sequence = Int64(words[1]), words[2].utf8.count == 64 else { return nil }
            let digits = Array(words[2])
            let code = stride(from: 0, to: 64, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
            guard code.count == 32 else { return nil }
            heads.append(AuditHead(service: words[0], sequence: sequence, authenticationCode: code))
        }
        return heads
    }

    static func read(_ path: String) throws -> [AuditHead] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8), let heads = parse(text) else {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "\(path) does not hold what `zhike audit head` prints: name the file you kept.",
                    "\(path) 不是 `zhike audit head` 的输出：请指定当时保存的文件。"))
        }
        return heads
    }
}
