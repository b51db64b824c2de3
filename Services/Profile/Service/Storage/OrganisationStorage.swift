internal import Foundation
internal import Postgres
internal import ProfileDomain

/// Offices and staff.
enum OrganisationStorage {
    /// - Returns: false where one of the staff belongs to an office outside of the scope.
    static func put(
        offices: [(path: Office, name: String)], staff: [Staff], within scope: String, at moment: Date,
        in connection: PostgresConnection
    ) async throws -> Bool {
        if !offices.isEmpty {
            try await connection.execute(
                """
                INSERT INTO profile.office (path, name, changed_at)
                SELECT i.path, i.name, \(moment)
                FROM unnest(\(offices.map(\.path.path))::text[], \(offices.map(\.name))::text[]) AS i(path, name)
                ON CONFLICT (path) DO UPDATE SET name = excluded.name, changed_at = excluded.changed_at
                """)
        }
        guard !staff.isEmpty else { return true }
        // Somebody else may just have named a new number, whose row nobody could hold before.
        return try await connection.execute(
            """
            INSERT INTO profile.staff (staff_number, name, office_path, duty, changed_at)
            SELECT i.staff_number, i.name, i.office_path, i.duty, \(moment)
            FROM unnest(\(staff.map(\.number))::text[], \(staff.map(\.name))::text[],
                \(staff.map(\.office.path))::text[], \(staff.map(\.duty))::text[])
                AS i(staff_number, name, office_path, duty)
            ON CONFLICT (staff_number) DO UPDATE SET name = excluded.name, office_path = excluded.office_path,
                duty = excluded.duty, changed_at = excluded.changed_at
            WHERE starts_with(staff.office_path, \(scope))
            """) == staff.count
    }

    /// Offices in the order of their paths, after the one given; the head office has no name and is left out.
    static func offices(
        after path: String, within scope: String, limit: Int, in connection: PostgresConnection
    ) async throws -> [(path: String, name: String)] {
        let rows = try await connection.query(
            """
            SELECT path, name FROM profile.office
            WHERE path > \(path) AND starts_with(path, \(scope)) AND path <> '/'
            ORDER BY path LIMIT \(Int64(limit))
            """)
        return try rows.map { row in
            let (path, name) = try row.decode(String.self, String.self)
            return (path, name)
        }
    }

    static func missing(_ paths: Set<String>, in connection: PostgresConnection) async throws -> Set<String> {
        let rows = try await connection.query(
            "SELECT path FROM profile.office WHERE path = ANY (\(paths.sorted())::text[])")
        return paths.subtracting(try rows.map { try $0.decode(String.self) })
    }
}
