internal import EventLog
internal import KPIDomain
internal import Postgres

/// Counts the entries of one log, in the transaction that moves the cursor.
struct ActivityFollower: Sendable {
    let source: ActivitySource
    let days: BusinessDay

    /// One round trip that reads; what is written travels with COMMIT.
    func apply(_ batch: LogBatch, in connection: PostgresConnection) async throws {
        let read = try batch.entries.map { ($0, try source.read($0.kind, $0.subject, $0.body)) }
            .filter { !$0.1.isEmpty }
        let counted = Set(read.filter { $0.1.contains(where: Self.needsOffice) }.map(\.0.customerID))
        let offices = try await CustomerOfficeStorage.offices(of: counted, in: connection)
        var tally = ActivityTally(days: days, offices: offices)
        for (entry, activities) in read {
            for activity in activities { tally.add(activity, of: entry.customerID, at: entry.occurredAt) }
        }
        var statements: [SQL] = []
        if !tally.amounts.isEmpty { statements.append(ActivityStorage.addStatement(tally.amounts)) }
        let reassigned = tally.offices.filter { tally.reassigned.contains($0.key) }
        if !reassigned.isEmpty { statements.append(CustomerOfficeStorage.putStatement(reassigned)) }
        guard !statements.isEmpty else { return }
        try await connection.executeAtCommit(statements)
    }

    /// Whether it counts for the office that the customer had before.
    private static func needsOffice(_ activity: Activity) -> Bool {
        switch activity {
        case .event, .consent: true
        case .created, .assigned, .entered, .exited: false
        }
    }
}
