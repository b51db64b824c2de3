internal import Foundation
internal import Postgres

/// The one row of `platform.clock`.
enum ClockStore {
    static func read(_ pool: PostgresPool) async throws -> Date? {
        try await pool.withConnection { try await read(in: $0) }
    }

    static func read(in connection: PostgresConnection) async throws -> Date? {
        let rows = try await connection.query("SELECT now_is FROM platform.clock")
        return try rows.first?.decode("now_is", as: Date.self)
    }

    /// Sets the first moment; an existing one stays.
    static func begin(_ pool: PostgresPool, at date: Date) async throws {
        _ = try await pool.execute("INSERT INTO platform.clock (now_is) VALUES (\(date)) ON CONFLICT DO NOTHING")
    }

    /// Forward alone: the condition holds whoever else moves the clock at the same time.
    static func advance(_ pool: PostgresPool, to date: Date) async throws -> Bool {
        try await pool.execute("UPDATE platform.clock SET now_is = \(date) WHERE now_is <= \(date)") == 1
    }
}
