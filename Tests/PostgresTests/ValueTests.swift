import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct ValueTests {
    /// Sends a value and reads it back from a temporary table's column of its own type.
    private func roundTrip<T: PostgresEncodable & PostgresDecodable & Equatable>(
        _ values: [T], type: String, in pool: PostgresPool
    ) async throws {
        try await pool.transaction { connection in
            try await connection.execute(
                "CREATE TEMPORARY TABLE kept (place int, value \(unsafeSQL: type)) ON COMMIT DROP")
            for (place, value) in values.enumerated() {
                try await connection.execute("INSERT INTO kept VALUES (\(Int32(place)), \(value))")
            }
            let rows = try await connection.query("SELECT value FROM kept ORDER BY place")
            #expect(try rows.map { try $0.decode(0, as: T.self) } == values, "\(type)")
        }
    }

    @Test("every kind of value comes back as it was sent")
    func scalars() async throws {
        try await withPool { pool in
            try await roundTrip([true, false], type: "boolean", in: pool)
            try await roundTrip([Int16.min, 0, .max], type: "smallint", in: pool)
            try await roundTrip([Int32.min, 0, .max], type: "integer", in: pool)
            try await roundTrip([Int64.min, 0, .max], type: "bigint", in: pool)
            try await roundTrip([Int.min, 0, .max], type: "bigint", in: pool)
            try await roundTrip([-0.1, 0, .infinity, .greatestFiniteMagnitude], type: "double precision", in: pool)
            try await roundTrip(
                ["", "知客", "a'b\"c\\d", String(repeating: "长", count: 100_000)], type: "text", in: pool)
            try await roundTrip([[], [0, 255, 1]] as [[UInt8]], type: "bytea", in: pool)
            try await roundTrip([UUID(), UUID()], type: "uuid", in: pool)
            let days = [-25_567, -1, 0, 10_956, 10_957, 20_000].map { PostgresDay(daysSince1970: $0) }
            try await roundTrip(days, type: "date", in: pool)
            let moments = [-62_135_596_800_000_000, -1, 0, 1, 1_700_000_000_123_457, 4_102_444_800_000_000] as [Int64]
            try await roundTrip(moments.map { Date(microseconds: $0) }, type: "timestamptz", in: pool)
        }
    }

    @Test("arrays come back with their nulls")
    func arrays() async throws {
        try await withPool { pool in
            try await roundTrip([[], [1, -2, 3]] as [[Int64]], type: "bigint[]", in: pool)
            try await roundTrip([[1, nil, 3], [nil], []] as [[Int64?]], type: "bigint[]", in: pool)
            try await roundTrip([["a", nil, ""]] as [[String?]], type: "text[]", in: pool)
            try await roundTrip([[[1, 2], [], nil]] as [[[UInt8]?]], type: "bytea[]", in: pool)
            try await roundTrip([[true, false]], type: "boolean[]", in: pool)
            try await roundTrip([[Int16(1)]], type: "smallint[]", in: pool)
            try await roundTrip([[Int32(1)]], type: "integer[]", in: pool)
            try await roundTrip([[0.5, nil]] as [[Double?]], type: "double precision[]", in: pool)
            try await roundTrip([[Date(microseconds: 5), nil]] as [[Date?]], type: "timestamptz[]", in: pool)
            try await roundTrip([[PostgresDay(daysSince1970: 9)]], type: "date[]", in: pool)
            try await roundTrip([[UUID(), nil]] as [[UUID?]], type: "uuid[]", in: pool)
            try await roundTrip([nil, [1]] as [[Int64]?], type: "bigint[]", in: pool)
            try await roundTrip([nil, 5, nil] as [Int64?], type: "bigint", in: pool)
        }
    }

    @Test("JSON keeps its meaning, alone and in arrays")
    func json() async throws {
        try await withPool { pool in
            let row = try await pool.query(
                """
                SELECT \(PostgresJSON(#"{"a": [1, "知"]}"#)), \([PostgresJSON("1"), nil])::jsonb[],
                    '{"b":2}'::json, '{"c": 3}'::jsonb
                """)[0]
            #expect(try row.decode(0, as: PostgresJSON.self).text == #"{"a": [1, "知"]}"#)
            #expect(try row.decode(1, as: [PostgresJSON?].self) == [PostgresJSON("1"), nil])
            #expect(try row.decode(2, as: PostgresJSON.self).text == #"{"b":2}"#)
            #expect(try row.decode(3, as: String.self) == #"{"c": 3}"#)
        }
    }

    @Test("the day of the calendar is written as Postgres writes it")
    func days() async throws {
        try await withPool { pool in
            let rows = try await pool.query(
                "SELECT day::date, day::date::text FROM generate_series('1899-12-28'::date, '2101-01-02', '17 days') AS day"
            )
            for row in rows {
                let (day, text) = try row.decode(PostgresDay.self, String.self)
                #expect(day.description == text)
                #expect(try row.decode(0, as: String.self) == text)
            }
        }
    }

    @Test(
        "numeric is read as the integer or double that it is",
        arguments: [
            "0", "1", "-1", "9999", "10000", "-123456789012345678", "9223372036854775807", "-9223372036854775807",
            "1000000000000", "10000.0000",
        ])
    func wholeNumeric(_ text: String) async throws {
        try await withPool { pool in
            let row = try await pool.query("SELECT \(text)::text::numeric, \(text)::text::numeric::bigint")[0]
            #expect(try row.decode(0, as: Int64.self) == row.decode(1, as: Int64.self))
            #expect(try row.decode(0, as: Double.self) == Double(text))
        }
    }

    @Test("a numeric that is no integer is refused as one, and is a double", arguments: ["0.1", "-12345.678", "1e-9"])
    func fractions(_ text: String) async throws {
        try await withPool { pool in
            let row = try await pool.query("SELECT \(text)::text::numeric")[0]
            #expect(throws: PostgresError.self) { try row.decode(0, as: Int64.self) }
            #expect(try row.decode(0, as: Double.self) == Double(text))
        }
    }

    @Test("integers are read in any width that holds them")
    func widths() async throws {
        try await withPool { pool in
            let row = try await pool.query(
                "SELECT 1::smallint, 2::integer, 3::bigint, 70000::integer, sum(v) FROM (VALUES (5::bigint)) AS t (v)")[
                    0]
            let values = try row.decode((Int64, Int64, Int16, Int32, Int64).self)
            let expected: (Int64, Int64, Int16, Int32, Int64) = (1, 2, 3, 70_000, 5)
            #expect(values == expected)
            #expect(throws: PostgresError.self) { try row.decode(3, as: Int16.self) }
        }
    }

    enum Colour: Int16, PostgresEncodable, PostgresDecodable {
        case red = 1
        case green = 2
    }

    @Test("an enumeration stands for its raw value, and an unknown one is refused")
    func enumerations() async throws {
        try await withPool { pool in
            let row = try await pool.query("SELECT \(Colour.green), 7::smallint")[0]
            #expect(try row.decode(0, as: Colour.self) == .green)
            #expect(throws: PostgresError.self) { try row.decode(1, as: Colour.self) }
        }
    }

    @Test("a wrong type, a null, a missing column and a missing name are each refused with a reason")
    func refusals() async throws {
        try await withPool { pool in
            let row = try await pool.query(
                """
                SELECT 'a' AS name, NULL::bigint AS nothing, 'infinity'::timestamptz AS never,
                    '294276-12-31'::timestamptz AS far
                """)[0]
            #expect(throws: PostgresError.self) { try row.decode("name", as: Int64.self) }
            #expect(throws: PostgresError.self) { try row.decode("nothing", as: Int64.self) }
            #expect(throws: PostgresError.self) { try row.decode("never", as: Date.self) }
            #expect(throws: PostgresError.self) { try row.decode("far", as: Date.self) }
            #expect(throws: PostgresError.self) { try row.decode(4, as: String.self) }
            #expect(throws: PostgresError.self) { try row.decode("other", as: String.self) }
            #expect(try row.decode("name", as: String.self) == "a")
            #expect(try row.decode("nothing", as: Int64?.self) == nil)
        }
    }

    @Test("a moment that no calendar knows ends no process", arguments: [Int64.min, .min + 1, .max - 1, .max])
    func farMoments(_ microseconds: Int64) async throws {
        let moment = Date(microseconds: microseconds)
        #expect((moment.microseconds < 0) == (microseconds < 0))
        try await withPool { pool in
            let error = await postgresError { _ = try await pool.query("SELECT \(moment)") }
            // Postgres counts up to the year 294,276, which is farther than our microseconds reach, and from 4713 BC.
            #expect(error?.sqlState == (microseconds < 0 ? "22008" : nil))
        }
    }
}
