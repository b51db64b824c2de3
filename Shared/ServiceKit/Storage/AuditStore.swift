internal import Foundation
internal import Postgres

/// The rows of `audit.entry` and `audit.head` of one suite service.
struct AuditStore: Sendable {
    private static let pageRows = 1_000

    let service: String

    /// The head row is the lock: whoever holds it is the next in the chain.
    func append(_ entry: AuditEntry, chain: AuditChain, in connection: PostgresConnection) async throws {
        let heads = try await connection.query(
            """
            UPDATE audit.head SET last_sequence = last_sequence + 1 WHERE service = \(service)
            RETURNING last_sequence, code
            """)
        guard let head = heads.first else { throw AuditError.notBootstrapped(service: service) }
        var stored = StoredAuditEntry(
            sequence: try head.decode("last_sequence", as: Int64.self), microseconds: Date().microseconds,
            who: entry.who, right: entry.right.name, what: entry.what, reason: entry.reason,
            result: entry.result.rawValue, officePath: entry.officePath, traceID: entry.traceID,
            authenticationCode: [])
        stored.authenticationCode = chain.code(of: stored, after: try head.decode("code", as: [UInt8].self))
        _ = try await connection.execute(
            """
            INSERT INTO audit.entry
                (service, sequence, at, who, entry_right, what, reason, result, office_path, trace_id, code)
            VALUES
                (\(service), \(stored.sequence), \(Date(microseconds: stored.microseconds)), \(stored.who),
                \(stored.right), \(stored.what), \(stored.reason), \(stored.result), \(stored.officePath),
                \(stored.traceID), \(stored.authenticationCode))
            """)
        _ = try await connection.execute(
            "UPDATE audit.head SET code = \(stored.authenticationCode) WHERE service = \(service)")
    }

    func head(in connection: PostgresConnection) async throws -> AuditHead? {
        let rows = try await connection.query(
            "SELECT last_sequence, code FROM audit.head WHERE service = \(service)")
        return try rows.first.map { row in
            AuditHead(
                service: service, sequence: try row.decode("last_sequence", as: Int64.self),
                authenticationCode: try row.decode("code", as: [UInt8].self))
        }
    }

    func page(after sequence: Int64, in connection: PostgresConnection) async throws -> [StoredAuditEntry] {
        let rows = try await connection.query(
            """
            SELECT sequence, at, who, entry_right, what, reason, result, office_path, trace_id, code
            FROM audit.entry WHERE service = \(service) AND sequence > \(sequence)
            ORDER BY sequence LIMIT \(Self.pageRows)
            """)
        return try rows.map { row in
            StoredAuditEntry(
                sequence: try row.decode("sequence", as: Int64.self),
                microseconds: try row.decode("at", as: Date.self).microseconds,
                who: try row.decode("who", as: String.self), right: try row.decode("entry_right", as: String.self),
                what: try row.decode("what", as: String.self), reason: try row.decode("reason", as: String.self),
                result: try row.decode("result", as: String.self),
                officePath: try row.decode("office_path", as: String.self),
                traceID: try row.decode("trace_id", as: String.self),
                authenticationCode: try row.decode("code", as: [UInt8].self))
        }
    }
}

enum AuditError: Error, CustomStringConvertible {
    case notBootstrapped(service: String)

    var description: String {
        switch self {
        case .notBootstrapped(let service): "There is no audit head of \(service): run zhike migrate."
        }
    }
}
