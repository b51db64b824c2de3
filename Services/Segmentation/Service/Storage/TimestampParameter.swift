internal import Postgres

/// A `timestamptz` from microseconds, exact for every year; a `Date` would lose digits far from today.
struct TimestampParameter: PostgresEncodable {
    /// UTC microseconds since 1970.
    let microseconds: Int64

    /// Postgres counts from 2000.
    private static let postgresEpochMicroseconds: Int64 = 946_684_800_000_000

    static var postgresType: PostgresType { .timestamptz }

    func encode(into buffer: inout PostgresBuffer) {
        buffer.append(microseconds - Self.postgresEpochMicroseconds)
    }
}
