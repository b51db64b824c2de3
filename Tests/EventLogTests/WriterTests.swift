import EventLog
import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@Suite struct WriterTests {
    @Test("entries get the next offsets of their partitions, in the order given")
    func offsets() async throws {
        let pool = try await LogFixture.pool()
        let writer = EventLogWriter(schema: "origin")
        let entries = (0..<500).map { LogFixture.entry(customer: Int64($0 % 40), key: "\($0)") }
        let first = try await pool.transaction { try await writer.append(entries, in: $0) }
        var next: [Int16: Int64] = [:]
        for (entry, offset) in zip(entries, first) {
            next[entry.partition, default: 0] += 1
            #expect(offset == next[entry.partition])
        }
        let heads = try await pool.withConnection { try await LogHeads.read(schema: "origin", in: $0) }
        #expect(heads.offsets.filter { $0.value > 0 } == next)
        await pool.close()
    }
}
