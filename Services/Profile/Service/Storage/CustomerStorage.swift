internal import Foundation
internal import Postgres
internal import ProfileDomain

/// A customer about to be stored.
struct NewCustomer: Sendable {
    var key: CustomerKey
    var customerNumber: String?
    var office: Office
    var manager: String
}

/// A customer as it is held for a change.
struct HeldCustomer: Sendable {
    var office: String
    var manager: String
    var hasNumber: Bool
}

/// The customer row and its consent guard.
enum CustomerStorage {
    /// Takes ids that are never given again, used or not.
    static func nextIDs(_ count: Int, in connection: PostgresConnection) async throws -> [Int64] {
        guard count > 0 else { return [] }
        let rows = try await connection.query(
            "SELECT nextval('profile.customer_id') FROM generate_series(1, \(Int64(count))::bigint)")
        return try rows.map { try $0.decode(Int64.self) }
    }

    static func insert(_ customers: [NewCustomer], at moment: Date, in connection: PostgresConnection) async throws {
        guard !customers.isEmpty else { return }
        guard customers.count <= StagedCopy.statementRows else {
            return try await copy(customers, at: moment, in: connection)
        }
        let partitions = customers.map(\.key.partition)
        let ids = customers.map(\.key.customerID)
        try await connection.execute(
            """
            INSERT INTO profile.customer (partition, customer_id, customer_number, office_path, manager, created_at)
            SELECT i.partition, i.customer_id, i.customer_number, i.office_path, i.manager, \(moment)
            FROM unnest(\(partitions)::smallint[], \(ids)::bigint[], \(customers.map(\.customerNumber))::text[],
                \(customers.map(\.office.path))::text[], \(customers.map(\.manager))::text[])
                AS i(partition, customer_id, customer_number, office_path, manager)
            """)
        try await connection.execute(
            """
            INSERT INTO profile.consent_guard (partition, customer_id)
            SELECT * FROM unnest(\(partitions)::smallint[], \(ids)::bigint[])
            """)
    }

    /// Their ids are new, so that nothing stands in the way and COPY writes them where they belong.
    private static func copy(
        _ customers: [NewCustomer], at moment: Date, in connection: PostgresConnection
    ) async throws {
        try await connection.copyIn(
            into: "profile.customer",
            columns: ["partition", "customer_id", "customer_number", "office_path", "manager", "created_at"],
            rows: customers.lazy.map {
                ($0.key.partition, $0.key.customerID, $0.customerNumber, $0.office.path, $0.manager, moment)
            })
        try await connection.copyIn(
            into: "profile.consent_guard", columns: ["partition", "customer_id"],
            rows: customers.lazy.map { ($0.key.partition, $0.key.customerID) })
    }

    /// Those of the ids that are customers.
    static func existing(_ ids: [Int64], in connection: PostgresConnection) async throws -> Set<Int64> {
        guard !ids.isEmpty else { return [] }
        let rows = try await connection.query(
            """
            SELECT c.customer_id
            FROM unnest(\(ids.map { CustomerKey(customerID: $0).partition })::smallint[], \(ids)::bigint[])
                AS i(partition, customer_id)
            JOIN profile.customer c ON c.partition = i.partition AND c.customer_id = i.customer_id
            """)
        return Set(try rows.map { try $0.decode(Int64.self) })
    }

    /// Office and manager of each customer, to see whose it is.
    static func assignments(
        of keys: [CustomerKey], in connection: PostgresConnection
    ) async throws -> [Int64: (office: String, manager: String)] {
        guard !keys.isEmpty else { return [:] }
        let rows = try await connection.query(
            """
            SELECT c.customer_id, c.office_path, c.manager
            FROM unnest(\(keys.map(\.partition))::smallint[], \(keys.map(\.customerID))::bigint[])
                AS i(partition, customer_id)
            JOIN profile.customer c ON c.partition = i.partition AND c.customer_id = i.customer_id
            """)
        var found: [Int64: (office: String, manager: String)] = [:]
        for row in rows {
            let (id, office, manager) = try row.decode(Int64.self, String.self, String.self)
            found[id] = (office, manager)
        }
        return found
    }

    /// Customers that are to be changed: they stay as they are to the end of the transaction. To be taken before any claim
    /// of an identity. Locked in one order, and planned each time, because the table grows while connections live.
    static func hold(
        _ keys: [CustomerKey], in connection: PostgresConnection
    ) async throws -> [Int64: HeldCustomer] {
        guard !keys.isEmpty else { return [:] }
        let statement: SQL = """
            SELECT c.customer_id, c.office_path, c.manager, c.customer_number IS NOT NULL
            FROM unnest(\(keys.map(\.partition))::smallint[], \(keys.map(\.customerID))::bigint[])
                AS i(partition, customer_id)
            JOIN profile.customer c ON c.partition = i.partition AND c.customer_id = i.customer_id
            ORDER BY c.partition, c.customer_id
            FOR NO KEY UPDATE OF c
            """
        var held: [Int64: HeldCustomer] = [:]
        for row in try await connection.query(statement.unprepared) {
            let (id, office, manager, hasNumber) = try row.decode(
                Int64.self, String.self, String.self, Bool.self)
            held[id] = HeldCustomer(office: office, manager: manager, hasNumber: hasNumber)
        }
        return held
    }

    static func assign(_ customers: [NewCustomer], in connection: PostgresConnection) async throws {
        guard !customers.isEmpty else { return }
        let sorted = customers.sorted { ($0.key.partition, $0.key.customerID) < ($1.key.partition, $1.key.customerID) }
        try await connection.execute(
            """
            UPDATE profile.customer c SET office_path = i.office_path, manager = i.manager
            FROM unnest(\(sorted.map(\.key.partition))::smallint[], \(sorted.map(\.key.customerID))::bigint[],
                \(sorted.map(\.office.path))::text[], \(sorted.map(\.manager))::text[])
                AS i(partition, customer_id, office_path, manager)
            WHERE c.partition = i.partition AND c.customer_id = i.customer_id
            """)
    }

    /// The bank's own number, where a customer gets it by a later link.
    static func setNumber(_ number: String, of key: CustomerKey, in connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            UPDATE profile.customer SET customer_number = \(number)
            WHERE partition = \(key.partition) AND customer_id = \(key.customerID) AND customer_number IS NULL
            """)
    }
}
