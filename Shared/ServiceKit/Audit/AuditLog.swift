public import Logging
public import Postgres

/// The audit log of one suite service: append-only by the grants of the database, chained by a key outside it.
public struct AuditLog: Sendable {
    private let chain: AuditChain
    private let store: AuditStore
    let logger: Logger

    public init(_ chain: AuditChain, logger: Logger = Logger(label: "zhike.audit")) {
        self.chain = chain
        self.logger = logger
        store = AuditStore(service: chain.service)
    }

    /// Writes an entry in the transaction of the change that it tells of. Call it late: entries of one suite service
    /// wait for each other until COMMIT.
    public func append(_ entry: AuditEntry, in connection: PostgresConnection) async throws {
        try await store.append(entry, chain: chain, in: connection)
    }

    /// Writes an entry of its own, such as that of a refusal, whose transaction leaves nothing else.
    public func append(_ entry: AuditEntry, pool: PostgresPool) async throws {
        try await pool.transaction { try await append(entry, in: $0) }
    }

    /// The end of the chain, to be kept outside the database.
    public func head(pool: PostgresPool) async throws -> AuditHead {
        try await pool.withConnection { try await store.head(in: $0) }
            ?? AuditHead(service: chain.service, sequence: 0, authenticationCode: AuditChain.start)
    }

    /// Reads the whole chain and returns every place that does not fit; empty when all is as it was written.
    ///
    /// - Parameter kept: heads from outside the database: without one, a cut that also resets the head is not seen.
    public func verify(pool: PostgresPool, kept: [AuditHead] = []) async throws -> [AuditFinding] {
        var verification = AuditVerification(chain, kept: kept)
        var position: Int64 = .min
        var head: AuditHead?
        while true {
            let page = try await pool.withConnection { [position] in try await store.page(after: position, in: $0) }
            for entry in page { verification.follow(entry) }
            if let last = page.last {
                position = last.sequence
                continue
            }
            // What was appended since the last page is read too; a head that stays ahead of the entries is a finding.
            let newest = try await pool.withConnection { try await store.head(in: $0) }
            guard let newest, newest.sequence > position, newest.sequence != head?.sequence else {
                return verification.finish(head: newest)
            }
            head = newest
        }
    }
}
