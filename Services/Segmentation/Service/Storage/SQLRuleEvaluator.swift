internal import Foundation
public import Postgres
public import SegmentationDomain

/// Evaluates rules in Postgres, over the views that profile publishes.
public struct SQLRuleEvaluator: RuleEvaluator {
    /// A SELECT list has at most 1,664 columns.
    private static let conditionsAtOnce = 500

    public init() {}

    public func count(_ question: RuleQuestion, in connection: PostgresConnection) async throws -> RuleCount {
        let rows = try await connection.query(
            """
            SELECT count(*) FILTER (WHERE \(condition(question))), count(*)
            FROM profile.published_customer c WHERE starts_with(c.office_path, \(question.officePath))
            """)
        let (count, total) = try rows[0].decode(Int64.self, Int64.self)
        return RuleCount(count: count, total: total)
    }

    public func members(
        _ question: RuleQuestion, after key: Member.Key?, limit: Int, in connection: PostgresConnection
    ) async throws -> [Member] {
        let start = key ?? Member.Key(partition: -1, customerID: 0)
        let rows = try await connection.query(
            """
            SELECT c.partition, c.customer_id, coalesce(c.customer_number, ''), c.office_path, c.manager
            FROM profile.published_customer c
            WHERE starts_with(c.office_path, \(question.officePath)) AND \(condition(question))
                AND (c.partition, c.customer_id) > (\(start.partition), \(start.customerID))
            ORDER BY c.partition, c.customer_id LIMIT \(limit)
            """)
        return try rows.map(Member.init(row:))
    }

    public func writeMembers(
        _ question: RuleQuestion, snapshotID: Int64, in connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO segmentation.snapshot_part (partition, snapshot_id, customer_ids, member_count)
            SELECT g.partition, \(snapshotID), (SELECT array_agg(i ORDER BY i) FROM unnest(g.ids) AS i), cardinality(g.ids)
            FROM (
                SELECT c.partition, array_agg(c.customer_id) AS ids
                FROM profile.published_customer c
                WHERE starts_with(c.office_path, \(question.officePath)) AND \(condition(question))
                GROUP BY c.partition
            ) g
            """)
    }

    public func conditionFits(
        _ question: RuleQuestion, customer: Member.Key, in connection: PostgresConnection
    ) async throws -> CustomerFits? {
        let compiler = RuleCompiler(question.rule, asOfMicroseconds: question.asOfMicroseconds)
        let conditions = question.rule.rule.conditions
        var office = ""
        var fits: [Bool] = []
        while fits.count < conditions.count {
            let columns = conditions[fits.count..<min(fits.count + Self.conditionsAtOnce, conditions.count)].map {
                "(\(compiler.condition($0)) IS TRUE)" as SQL
            }
            let rows = try await connection.query(
                """
                SELECT c.office_path, \(SQL.joined(columns, separator: ", ").unprepared)
                FROM profile.published_customer c
                WHERE c.partition = \(customer.partition) AND c.customer_id = \(customer.customerID)
                    AND starts_with(c.office_path, \(question.officePath))
                """)
            guard let row = rows.first else { return nil }
            office = try row.decode(0, as: String.self)
            for column in columns.indices { fits.append(try row.decode(column + 1, as: Bool.self)) }
        }
        return CustomerFits(officePath: office, conditions: fits)
    }

    private func condition(_ question: RuleQuestion) -> SQL {
        RuleCompiler.condition(question.rule, asOfMicroseconds: question.asOfMicroseconds)
    }
}

extension Member {
    /// From the columns partition, customer_id, customer_number, office_path, manager.
    init(row: PostgresRow) throws {
        let (partition, customerID, number, officePath, manager) = try row.decode(
            Int16.self, Int64.self, String.self, String.self, String.self)
        self.init(
            key: Key(partition: partition, customerID: customerID), customerNumber: number, officePath: officePath,
            manager: manager)
    }
}
