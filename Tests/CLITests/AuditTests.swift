internal import Foundation
internal import Logging
internal import Postgres
internal import ServiceKit
internal import TestSupport
internal import Testing

@testable internal import ZhikeCommands

@Suite("zhike audit")
struct AuditTests {
    @Test("finds what was changed, and with a kept head also what was cut off at the end")
    func findings() async throws {
        let configuration = try await TestPostgres.database()
        let keyFile = FileManager.default.temporaryDirectory.appending(path: "zhike-audit-\(UUID().uuidString)")
        try Data(String(repeating: "5a", count: 32).utf8).write(to: keyFile)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keyFile.path)
        defer { try? FileManager.default.removeItem(at: keyFile) }
        let pool = PostgresPool(configuration, logger: Logger(label: "test"))
        try await Bootstrap.run(pool: pool)
        let log = AuditLog(try AuditChain(service: "campaign", keyFile: keyFile.path))
        for number in 1...3 {
            let entry = AuditEntry(
                who: "lin", right: .editCampaigns, what: "campaign \(number)", reason: "test", result: .done)
            try await log.append(entry, pool: pool)
        }
        let url =
            "postgresql://\(configuration.user)@/\(configuration.database)?host=\(configuration.host)"
            + "&port=\(configuration.port)"
        let place = try AuditPlace.parse(["--database", url, "--audit-key-file", keyFile.path])
        func verify(_ kept: [AuditHead] = []) async throws -> [[AuditFinding]] {
            try await place.logs { _, log, pool in try await log.verify(pool: pool, kept: kept) }
        }
        #expect(try await verify() == [[], [], [], []])
        let heads = try await place.logs { _, log, pool in try await log.head(pool: pool) }
        #expect(heads.map(\.sequence) == [0, 0, 3, 0])
        let kept = try #require(AuditHeads.parse(heads.map(AuditHeads.line).joined(separator: "\n")))
        #expect(kept == heads)

        try await pool.execute("UPDATE audit.entry SET reason = 'another' WHERE sequence = 2")
        #expect(try await verify()[2].map(\.kind) == [.altered])
        try await pool.execute("UPDATE audit.entry SET reason = 'test' WHERE sequence = 2")
        #expect(try await verify(kept)[2].isEmpty)
        try await pool.execute("DELETE FROM audit.entry WHERE sequence = 3")
        try await pool.execute(
            """
            UPDATE audit.head h SET last_sequence = 2, code = e.code FROM audit.entry e
            WHERE h.service = 'campaign' AND e.service = 'campaign' AND e.sequence = 2
            """)
        #expect(try await verify()[2].isEmpty)
        #expect(try await verify(kept)[2].map(\.kind) == [.cut])
        await pool.close()
    }

    @Test("takes a file of heads only as it was printed", arguments: ["profile 1", "profile x 00", "profile 1 00"])
    func lines(_ text: String) {
        #expect(AuditHeads.parse(text) == nil)
    }
}
