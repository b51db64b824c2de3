internal import Contracts
internal import Postgres
internal import RPC
internal import SegmentationDomain
internal import Testing

@testable internal import SegmentationService

@Suite("A freeze sees one state of the bank")
struct OneStateTests {
    @Test("what is committed while members are written is neither in the position nor in the members")
    func oneState() async throws {
        let bed = try await TestBed.make(traits: ["age": .integer])
        try await bed.addCustomers((1...5).map { TestCustomer(id: $0, traits: ["age": "40"]) })
        let segment = try await bed.segment("age > 30").segmentID
        let owner = bed.owner()
        let client = try bed.client(owner: owner, evaluator: DisturbedEvaluator(administrator: bed.administrator))

        let frozen = try await client.freeze(.init(segmentID: segment), options: TestBed.options())
        #expect(frozen.snapshot?.count == 5)
        #expect(frozen.snapshot?.position?.offsets.first { $0.partition == 9 }?.offset == 0)
        let later = try await bed.freeze(segment)
        #expect(later.count == 0)
        #expect(later.position?.offsets.first { $0.partition == 9 }?.offset == 1)
        await owner.close()
    }
}

/// Lets every customer change after the position was read and before the members are.
private struct DisturbedEvaluator: RuleEvaluator {
    let administrator: PostgresPool
    private let evaluator = SQLRuleEvaluator()

    init(administrator: PostgresPool) {
        self.administrator = administrator
    }

    func writeMembers(
        _ question: RuleQuestion, snapshotID: Int64, in connection: PostgresConnection
    ) async throws {
        try await administrator.transaction { other in
            try await other.execute("UPDATE profile.customer_trait SET trait_age = 20")
            try await other.execute("UPDATE profile.log_head SET last_offset = 1 WHERE partition = 9")
        }
        try await evaluator.writeMembers(question, snapshotID: snapshotID, in: connection)
    }

    func count(_ question: RuleQuestion, in connection: PostgresConnection) async throws -> RuleCount {
        try await evaluator.count(question, in: connection)
    }

    func members(
        _ question: RuleQuestion, after key: Member.Key?, limit: Int, in connection: PostgresConnection
    ) async throws -> [Member] {
        try await evaluator.members(question, after: key, limit: limit, in: connection)
    }

    func conditionFits(
        _ question: RuleQuestion, customer: Member.Key, in connection: PostgresConnection
    ) async throws -> CustomerFits? {
        try await evaluator.conditionFits(question, customer: customer, in: connection)
    }
}
