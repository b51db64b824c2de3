import Postgres
import TestSupport
import Testing

@Suite struct QueryTests {
    @Test("a value that is interpolated is bound")
    func binding() async throws {
        let pool = PostgresPool(try await TestPostgres.database(), logger: .init(label: "test"))
        let name = "Robert'); DROP TABLE students;--"
        let rows = try await pool.query("SELECT \(name), \(5) + 1, \([1, nil] as [Int64?])")
        let (text, number, list) = try rows[0].decode((String, Int, [Int64?]).self)
        #expect(text == name)
        #expect(number == 6)
        #expect(list == [1, nil])
        await pool.close()
    }
}
