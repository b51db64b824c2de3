internal import EventLog
internal import Postgres
internal import RPC
internal import SegmentationDomain
internal import ServiceKit

/// What is counted or tested: a rule of the moment, or that of a segment.
enum RuleSubject: Sendable {
    case rule(@Sendable (RuleDictionary) throws -> CheckedRule)
    case segment(Int64)
}

/// A customer as a caller names one.
enum CustomerName: Sendable {
    case id(Int64)
    case identity(kind: String, value: String)
}

extension Segmentation {
    func checkRule(
        _ context: CallContext, _ read: () throws -> LocatedRule
    ) async throws -> (RuleDictionary, Result<CheckedRule, RuleProblems>) {
        try Gate.require(.readSegments, context)
        let dictionary = try await ownerPool.transaction(evaluating(context)) {
            try await ProfileReader.dictionary(zone: clock.timeZone, in: $0)
        }
        do {
            return (dictionary, .success(try CheckedRule(try read(), in: dictionary)))
        } catch let problem as RuleProblem {
            return (dictionary, .failure(RuleProblems([problem])))
        } catch let problems as RuleProblems {
            return (dictionary, .failure(problems))
        }
    }

    /// The size of a rule or of a segment now, and the moment it was asked for.
    func count(_ context: CallContext, subject: RuleSubject) async throws -> (RuleCount, asOfMicroseconds: Int64) {
        let person = try Gate.require(.readSegments, context)
        let moment = try await now()
        let count = try await ownerPool.transaction(evaluating(context)) { connection in
            let question = try await question(subject, scope: person.officePath, at: moment, in: connection)
            return try await evaluator.count(question, in: connection)
        }
        return (count, moment)
    }

    /// Whether one customer fits, and which conditions.
    func testCustomer(
        _ context: CallContext, subject: RuleSubject, customer: CustomerName
    ) async throws -> RuleExplanation {
        try Gate.require(.readSegments, context)
        // Which conditions fit tells of the customer's traits.
        let person = try Gate.require(.readCustomers, context)
        let moment = try await now()
        let tested = try await ownerPool.transaction(evaluating(context)) { connection in
            let question = try await question(subject, scope: person.officePath, at: moment, in: connection)
            return try await find(customer, for: question, within: person.officePath, in: connection)
        }
        try await reveal(tested.rule.hiddenTraits, of: tested.key, to: person, context)
        var explanation = tested.rule.rule.explain(tested.fits.conditions)
        if !tested.isInOffice { explanation.fits = false }
        return explanation
    }

    /// A customer whom somebody may see, and what of a rule fits.
    private struct TestedCustomer {
        var rule: CheckedRule
        var key: Member.Key
        var fits: CustomerFits
        /// Whether the customer stands in the office that the question is for, or below it.
        var isInOffice: Bool
    }

    /// Looked for wherever the person may look: that a customer does not stand in the segment's office is an answer.
    private func find(
        _ customer: CustomerName, for question: RuleQuestion, within scope: String, in connection: PostgresConnection
    ) async throws -> TestedCustomer {
        var everywhere = question
        everywhere.officePath = scope
        guard let key = try await key(of: customer, in: connection),
            let fits = try await evaluator.conditionFits(everywhere, customer: key, in: connection)
        else { throw SegmentationFailure.unknownCustomer }
        return TestedCustomer(
            rule: question.rule, key: key, fits: fits,
            isInOffice: OfficePath.isWithin(fits.officePath, scope: question.officePath))
    }

    /// Rule by rule, an answer tells what traits a customer has: those that profile leaves out of what it shows are told
    /// only to who has the right to reveal them, once the audit log has it.
    private func reveal(
        _ traits: [String], of customer: Member.Key, to person: Principal, _ context: CallContext
    ) async throws {
        guard !traits.isEmpty else { return }
        let right = Right.revealCustomers
        let what = "customer \(customer.customerID) by a rule: \(AuditEntry.list(traits))"
        guard Gate.has(right, person) else {
            let failure = SegmentationFailure.hiddenTraits(traits)
            await audit.appendRefusal(
                right, context, what: what, reason: failure.rpcError.code.name, pool: ownerPool)
            throw failure
        }
        try await audit.append(AuditEntry(context, right: right, what: what, result: .done), pool: ownerPool)
    }

    /// The rule of a subject, asked for within the office that it is for: the person's, or the segment's own.
    func question(
        _ subject: RuleSubject, scope: String, at moment: Int64, in connection: PostgresConnection
    ) async throws -> RuleQuestion {
        let dictionary = try await ProfileReader.dictionary(zone: clock.timeZone, in: connection)
        switch subject {
        case .rule(let check):
            return RuleQuestion(rule: try check(dictionary), asOfMicroseconds: moment, officePath: scope)
        case .segment(let id):
            guard let segment = try await SegmentStorage.find(id, within: scope, in: connection) else {
                throw SegmentationFailure.unknownSegment
            }
            return try question(segment, dictionary, at: moment)
        }
    }

    func question(_ segment: Segment, _ dictionary: RuleDictionary, at moment: Int64) throws -> RuleQuestion {
        let located = try LocatedRule(json: segment.content.ruleJSON)
        return RuleQuestion(
            rule: try CheckedRule(located, in: dictionary), asOfMicroseconds: moment, officePath: segment.officePath)
    }

    private func key(of customer: CustomerName, in connection: PostgresConnection) async throws -> Member.Key? {
        switch customer {
        case .id(let id): Member.Key(partition: LogPartition.of(customerID: id), customerID: id)
        case .identity(let kind, let value):
            try await ProfileReader.customer(kind: kind, value: value, in: connection)
        }
    }
}
