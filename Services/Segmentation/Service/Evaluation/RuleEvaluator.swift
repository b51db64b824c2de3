public import Postgres
public import SegmentationDomain

/// A rule asked for at one moment by someone who sees one office and those below it.
public struct RuleQuestion: Sendable {
    public var rule: CheckedRule
    /// Business time, UTC microseconds; windows of event counts end here.
    public var asOfMicroseconds: Int64
    public var officePath: String

    public init(rule: CheckedRule, asOfMicroseconds: Int64, officePath: String) {
        self.rule = rule
        self.asOfMicroseconds = asOfMicroseconds
        self.officePath = officePath
    }
}

public struct RuleCount: Sendable, Hashable {
    /// Customers of the office that fit.
    public var count: Int64
    /// Customers of the office.
    public var total: Int64

    public init(count: Int64, total: Int64) {
        self.count = count
        self.total = total
    }
}

/// What of a rule fits one customer.
public struct CustomerFits: Sendable, Hashable {
    /// Where the customer stands.
    public var officePath: String
    /// Whether each condition fits, in the order of the text.
    public var conditions: [Bool]

    public init(officePath: String, conditions: [Bool]) {
        self.officePath = officePath
        self.conditions = conditions
    }
}

/// Finds the customers that fit a rule. Every implementation gives the answers of the plain evaluator.
///
/// The caller has opened a transaction as the owner of the schema, which no policy restricts: the office of the
/// question is a condition that the evaluator must apply.
public protocol RuleEvaluator: Sendable {
    func count(_ question: RuleQuestion, in connection: PostgresConnection) async throws -> RuleCount

    /// At most `limit` members that come after a key, in the order of their keys.
    func members(
        _ question: RuleQuestion, after key: Member.Key?, limit: Int, in connection: PostgresConnection
    ) async throws -> [Member]

    /// Writes the members of a snapshot.
    func writeMembers(
        _ question: RuleQuestion, snapshotID: Int64, in connection: PostgresConnection
    ) async throws

    /// For one customer, whether each condition fits; nil where the office has no such customer.
    func conditionFits(
        _ question: RuleQuestion, customer: Member.Key, in connection: PostgresConnection
    ) async throws -> CustomerFits?
}
