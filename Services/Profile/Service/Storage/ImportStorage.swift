internal import Foundation
internal import Postgres

/// A bulk import as it stands.
struct ImportState: Sendable {
    var importID: Int64
    var nextChunk: Int64
    var rowsAccepted: Int64
    var rowsRejected: Int64
    var isClosed: Bool
    /// The office of the person who opened it.
    var office: String
    /// In the bank's time.
    var openedAt: Date
}

/// Bulk imports and the stored reply of each of their chunks.
enum ImportStorage {
    /// Opens an import, or finds the one of the same key.
    static func open(
        key: String, title: String, mappingJSON: String, by person: (user: String, office: String), at moment: Date,
        in connection: PostgresConnection
    ) async throws -> ImportState {
        try await connection.execute(
            """
            INSERT INTO profile.import (import_key, import_id, title, mapping, opened_at, opened_by, office_path)
            VALUES (\(key), nextval('profile.import_id'), \(title), \(PostgresJSON(mappingJSON)), \(moment),
                \(person.user), \(person.office))
            ON CONFLICT (import_key) DO NOTHING
            """)
        let rows = try await connection.query(
            """
            SELECT import_id, next_chunk, rows_accepted, rows_rejected, closed_at IS NOT NULL, office_path,
                opened_at
            FROM profile.import WHERE import_key = \(key)
            """)
        guard let row = rows.first else { throw ProfileFailure.unknownImport }
        return try state(row)
    }

    /// Locks an import: its chunks are taken one after another.
    static func lock(_ importID: Int64, in connection: PostgresConnection) async throws -> ImportState {
        let rows = try await connection.query(
            """
            SELECT import_id, next_chunk, rows_accepted, rows_rejected, closed_at IS NOT NULL, office_path,
                opened_at
            FROM profile.import WHERE import_id = \(importID) FOR UPDATE
            """)
        guard let row = rows.first else { throw ProfileFailure.unknownImport }
        return try state(row)
    }

    private static func state(_ row: PostgresRow) throws -> ImportState {
        let (id, next, accepted, rejected, closed, office, opened) = try row.decode(
            Int64.self, Int64.self, Int64.self, Int64.self, Bool.self, String.self, Date.self)
        return ImportState(
            importID: id, nextChunk: next, rowsAccepted: accepted, rowsRejected: rejected, isClosed: closed,
            office: office, openedAt: opened)
    }

    static func storedReply(
        _ importID: Int64, chunk: Int64, in connection: PostgresConnection
    ) async throws -> [UInt8]? {
        try await connection.query(
            "SELECT reply FROM profile.import_chunk WHERE import_id = \(importID) AND chunk = \(chunk)"
        ).first?.decode([UInt8].self)
    }

    static func finishChunk(
        _ importID: Int64, chunk: Int64, accepted: Int64, rejected: Int64, reply: [UInt8],
        in connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO profile.import_chunk (import_id, chunk, reply) VALUES (\(importID), \(chunk), \(reply))
            """)
        try await connection.execute(
            """
            UPDATE profile.import SET next_chunk = \(chunk + 1), rows_accepted = rows_accepted + \(accepted),
                rows_rejected = rows_rejected + \(rejected)
            WHERE import_id = \(importID)
            """)
    }

    static func close(_ importID: Int64, at moment: Date, in connection: PostgresConnection) async throws {
        try await connection.execute(
            "UPDATE profile.import SET closed_at = coalesce(closed_at, \(moment)) WHERE import_id = \(importID)")
    }
}
