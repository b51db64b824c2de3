import Foundation
import Postgres
import RPC
import TestSupport
import Testing

@testable import ServiceKit

@Suite("the audit log")
struct AuditTests {
    private func log() throws -> AuditLog {
        AuditLog(try AuditChain(service: "profile", key: Array(repeating: 7, count: 32)))
    }

    private func entry(_ number: Int) -> AuditEntry {
        AuditEntry(
            KitDatabase.context(key: nil), right: .editDictionary, what: "trait \(number)", reason: "ticket \(number)",
            result: .done)
    }

    private func filled(_ database: KitDatabase, _ count: Int) async throws -> AuditLog {
        let log = try log()
        for number in 0..<count { try await log.append(entry(number), pool: database.owner) }
        return log
    }

    @Test("entries of many transactions at once form one chain without a gap")
    func chain() async throws {
        let database = try await KitDatabase()
        let log = try log()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 { group.addTask { try await log.append(entry(number), pool: database.owner) } }
            try await group.waitForAll()
        }
        #expect(try await log.verify(pool: database.owner) == [])
        #expect(try await log.head(pool: database.owner).sequence == 40)
        #expect(try await database.count("SELECT count(DISTINCT what) FROM audit.entry") == 40)
    }

    @Test("an entry is a part of its transaction: what is rolled back leaves no gap")
    func rollback() async throws {
        let database = try await KitDatabase()
        let log = try await filled(database, 1)
        await #expect(throws: RPCError.self) {
            try await database.owner.transaction { connection in
                try await log.append(entry(1), in: connection)
                throw RPCError(.aborted, "Not now.")
            }
        }
        try await log.append(entry(2), pool: database.owner)
        #expect(try await log.verify(pool: database.owner) == [])
        #expect(try await log.head(pool: database.owner).sequence == 2)
    }

    @Test("suite services may append and read their own entries, and neither change nor remove any")
    func grants() async throws {
        let database = try await KitDatabase()
        let log = try await filled(database, 2)
        for statement: SQL in [
            "UPDATE audit.entry SET who = 'x'", "DELETE FROM audit.entry", "TRUNCATE audit.entry",
            "DROP TABLE audit.entry", "DROP SCHEMA audit CASCADE", "ALTER TABLE audit.entry DISABLE ROW LEVEL SECURITY",
            "DELETE FROM audit.head",
        ] {
            for pool in [database.owner, database.request] {
                let error = await #expect(throws: PostgresError.self) { try await pool.execute(statement) }
                #expect(error?.sqlState == "42501", "\(statement)")
            }
        }
        let other = PostgresPool(
            database.owner.configuration.connecting(as: "zhike_campaign"), logger: .init(label: "t"))
        #expect(try await database.count("SELECT count(*) FROM audit.entry", other) == 0)
        #expect(try await log.verify(pool: database.owner) == [])
    }

    @Test("a person's role appends within a scope, reads nothing, and nothing at all without a scope")
    func requestRole() async throws {
        let database = try await KitDatabase()
        let log = try log()
        try await database.request.transaction(TransactionOptions(officePath: "/head/")) {
            try await log.append(entry(1), in: $0)
        }
        await #expect(throws: (any Error).self) { try await log.append(entry(2), pool: database.request) }
        await #expect(throws: PostgresError.self) { try await database.request.query("SELECT * FROM audit.entry") }
        #expect(try await log.verify(pool: database.owner) == [])
        #expect(try await log.head(pool: database.owner).sequence == 1)
    }

    @Test("a refusal is audited with its reason, for a lacking right as for the own work; a failure is not")
    func refusals() async throws {
        let database = try await KitDatabase()
        let log = try log()
        func approve(_ roles: [String], _ change: (Principal) async throws -> Void) async throws {
            var context = KitDatabase.context(key: nil, user: "li")
            context.principal?.roles = roles
            try await log.approve(.approveCampaigns, context, what: "campaign 17", pool: database.owner, change)
        }
        await #expect(throws: RPCError.self) { try await approve(["marketer"]) { _ in } }
        await #expect(throws: OwnWork.self) {
            try await approve(["approver"]) { try Gate.requireOther(than: ["wang", "li"], $0) }
        }
        await #expect(throws: RPCError.self) {
            try await approve(["approver"]) { _ in throw RPCError(.aborted, "Read it again.") }
        }
        await #expect(throws: RPCError.self) {
            try await approve(["approver"]) { _ in throw RPCError(.unavailable, "Ask again.") }
        }
        try await approve(["approver"]) { try Gate.requireOther(than: ["wang"], $0) }
        let rows = try await database.owner.query(
            "SELECT who || ' ' || entry_right || ' ' || what || ' ' || reason || ' ' || result FROM audit.entry ORDER BY sequence"
        )
        #expect(
            try rows.map { try $0.decode(0, as: String.self) } == [
                "li campaigns.approve campaign 17 PERMISSION_DENIED refused",
                "li campaigns.approve campaign 17 OWN_WORK refused",
                "li campaigns.approve campaign 17 ABORTED refused",
            ])
        #expect(try await log.verify(pool: database.owner) == [])
    }

    @Test("what an administrator of the database changes, removes or cuts off is found and located")
    func tampering() async throws {
        let database = try await KitDatabase()
        let log = try await filled(database, 9)
        let kept = try await log.head(pool: database.owner)
        try await database.administrator.execute("UPDATE audit.entry SET reason = 'other' WHERE sequence = 3")
        try await database.administrator.execute("DELETE FROM audit.entry WHERE sequence = 6")
        try await database.administrator.execute("DELETE FROM audit.entry WHERE sequence = 9")
        let findings = try await log.verify(pool: database.owner)
        #expect(
            findings == [
                AuditFinding(kind: .altered, sequence: 3), AuditFinding(kind: .missing, sequence: 7),
                AuditFinding(kind: .cut, sequence: 9),
            ])
        // The head set back to fit the cut: only a head from outside shows it.
        try await database.administrator.execute(
            """
            UPDATE audit.head SET last_sequence = 8,
                code = (SELECT code FROM audit.entry WHERE sequence = 8 AND service = 'profile')
            WHERE service = 'profile'
            """)
        #expect(try await log.verify(pool: database.owner).contains { $0.kind == .cut } == false)
        #expect(
            try await log.verify(pool: database.owner, kept: [kept]).last == AuditFinding(kind: .cut, sequence: 9))
    }

    @Test("200 random tamperings with a chain are each found at their place")
    func randomTampering() throws {
        var generator = SeededGenerator("audit tampering")
        let chain = try AuditChain(service: "profile", key: Array(repeating: 1, count: 32))
        let honest = AuditChainFixture.entries(30, chain)
        let head = AuditHead(
            service: "profile", sequence: 30, authenticationCode: honest[29].authenticationCode)
        #expect(AuditChainFixture.findings(honest, head, chain) == [])
        for _ in 0..<200 {
            let tampering = AuditChainFixture.Tampering.allCases.randomElement(using: &generator) ?? .edit
            let index = Int.random(in: 0..<30, using: &generator)
            let (entries, place) = AuditChainFixture.tamper(honest, tampering, at: index, using: &generator)
            let findings = AuditChainFixture.findings(entries, head, chain)
            #expect(findings.contains { $0.sequence == place }, "\(tampering) at \(index): \(findings)")
        }
    }

    @Test("a chain written anew with the key does not fit a head that was kept")
    func rewritten() throws {
        let chain = try AuditChain(service: "profile", key: Array(repeating: 1, count: 32))
        let honest = AuditChainFixture.entries(5, chain)
        let kept = AuditHead(service: "profile", sequence: 4, authenticationCode: honest[3].authenticationCode)
        let other = AuditChainFixture.entries(5, chain, who: "other")
        let head = AuditHead(service: "profile", sequence: 5, authenticationCode: other[4].authenticationCode)
        var verification = AuditVerification(chain, kept: [kept])
        for entry in other { verification.follow(entry) }
        #expect(verification.finish(head: head) == [AuditFinding(kind: .rewritten, sequence: 4)])
    }
}
