internal import Crypto
public import RPC

/// Links audit entries: each code is HMAC-SHA256 over the entry and the code before, by a key outside the database.
public struct AuditChain: Sendable {
    /// Stands before the first entry.
    static let start = [UInt8](repeating: 0, count: 32)
    static let algorithm = "zhike-audit-v1-hmac-sha256"

    private let key: SymmetricKey
    let service: String

    public init(service: String, key: [UInt8]) throws(RuntimeError) {
        guard key.count == 32 else {
            throw RuntimeError(.configurationInvalid, "The key of the audit chain must have 32 bytes.")
        }
        self.service = service
        self.key = SymmetricKey(data: key)
    }

    /// Reads the key from a file with 64 hexadecimal digits.
    public init(service: String, keyFile: String) throws(RuntimeError) {
        let digits = Array(try SecretFile.read(keyFile, meaning: "the audit key"))
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        guard digits.count == 64, bytes.count == 32 else {
            throw RuntimeError(
                .configurationInvalid, "The audit key in \(keyFile) must be 64 hexadecimal digits.")
        }
        try self.init(service: service, key: bytes)
    }

    /// Every part goes in with its length, so that no two entries give the same bytes.
    func code(of entry: StoredAuditEntry, after previous: [UInt8]) -> [UInt8] {
        var hmac = HMAC<SHA256>(key: key)
        let numbers = [entry.sequence, entry.microseconds].map { number in
            (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * Int64($0))) }
        }
        let texts = [
            Self.algorithm, service, entry.who, entry.right, entry.what, entry.reason, entry.result, entry.officePath,
            entry.traceID,
        ].map { Array($0.utf8) }
        for part in [previous] + numbers + texts {
            hmac.update(data: (0..<8).map { UInt8(truncatingIfNeeded: part.count >> (8 * $0)) })
            hmac.update(data: part)
        }
        return Array(hmac.finalize())
    }
}
