internal import Contracts
internal import EventLog
internal import Foundation
internal import Logging
internal import Postgres
internal import SegmentationDomain
internal import SegmentationService
internal import TestSupport
internal import Testing

@Suite("SQL and the plain evaluator give the same answer")
struct SQLEvaluationTests {
    @Test("random rules over random customers")
    func randomRules() async throws {
        let bed = try await TestBed.make(traits: RandomBank.traits)
        var bank = RandomBank(random: SeededGenerator("random rules"), now: bed.now.microseconds)
        var facts: [Int64: CustomerFacts] = [:]
        var customers: [TestCustomer] = []
        for id in Int64(1)...150 {
            let (customer, known) = bank.customer(id)
            customers.append(customer)
            facts[id] = known
        }
        try await bed.addCustomers(customers)
        try await bed.addEvents(facts.mapValues(\.events))

        let pool = PostgresPool(
            bed.database.connecting(as: "zhike_segmentation"), logger: Logger(label: "test"))
        let dictionary = RuleDictionary(
            version: 1,
            traits: ["color": .text, "visits": .integer, "balance": .decimal, "active": .flag, "since": .time])
        var compared = 0
        while compared < 400 {
            let text = bank.rule()
            // Ranges at random may be empty, which the check refuses.
            guard let checked = try? CheckedRule(LocatedRule(text: text), in: dictionary) else { continue }
            let question = RuleQuestion(
                rule: checked, asOfMicroseconds: bed.now.microseconds, officePath: "/")
            let expected = facts.filter { checked.rule.fits($0.value, asOfMicroseconds: bed.now.microseconds) }.keys
            let members = try await pool.withConnection {
                try await SQLRuleEvaluator().members(question, after: nil, limit: 1_000, in: $0)
            }
            #expect(members.map(\.key.customerID).sorted() == expected.sorted(), "\(text)")
            let count = try await pool.withConnection { try await SQLRuleEvaluator().count(question, in: $0) }
            #expect(count == RuleCount(count: Int64(expected.count), total: Int64(facts.count)), "\(text)")
            for id in [Int64.random(in: 1...150, using: &bank.random), expected.first].compactMap(\.self) {
                let fits = try await pool.withConnection {
                    try await SQLRuleEvaluator().conditionFits(
                        question, customer: .init(partition: LogPartition.of(customerID: id), customerID: id), in: $0)
                }
                try check(checked.rule, fits, facts[id] ?? CustomerFacts(), at: bed.now.microseconds)
            }
            compared += 1
        }
        await pool.close()
    }

    /// Each condition as the plain evaluator decides it alone, and the rule by all of them.
    private func check(_ rule: Rule, _ fits: CustomerFits?, _ facts: CustomerFacts, at moment: Int64) throws {
        let explanation = rule.explain(try #require(fits).conditions)
        #expect(explanation.fits == rule.fits(facts, asOfMicroseconds: moment), "\(rule.text)")
        for one in explanation.conditions {
            let alone = try LocatedRule(text: one.condition).rule
            #expect(one.fits == alone.fits(facts, asOfMicroseconds: moment), "\(one.condition)")
        }
    }
}

extension TestBed {
    /// Adds behaviour events to the profile log, as profile stores them.
    func addEvents(_ events: [Int64: [CustomerFacts.Event]]) async throws {
        var offsets: [Int16: Int64] = [:]
        let entries = events.flatMap { id, list in list.map { (id, $0) } }
        try await administrator.transaction { connection in
            for (id, event) in entries {
                let partition = LogPartition.of(customerID: id)
                offsets[partition, default: 0] += 1
                let properties = event.properties == .null ? nil : event.properties.json
                try await connection.execute(
                    """
                    INSERT INTO profile.log
                        (partition, log_offset, customer_id, kind, subject, occurred_at, recorded_at, properties)
                    VALUES (\(partition), \(offsets[partition] ?? 0), \(id), 1, \(event.type),
                        \(Date(microseconds: event.occurredAtMicroseconds)), \(now), \(properties as String?)::text::jsonb)
                    """)
            }
            for (partition, offset) in offsets {
                try await connection.execute(
                    "UPDATE profile.log_head SET last_offset = \(offset) WHERE partition = \(partition)")
            }
        }
    }
}
