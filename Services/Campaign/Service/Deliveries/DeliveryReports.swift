internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres

/// Takes what workers report about the contacts they had.
struct DeliveryReports: Sendable {
    let book: CampaignBook
    let writer = EventLogWriter(schema: "campaign")

    struct Report: Sendable {
        var partition: Int16
        var deliveryID: Int64
        var fencingToken: Int64
        var outcome: DeliveryOutcome
        var reason: String
        var retryAfter: Duration
    }

    enum Answer: Sendable {
        case accepted(customerID: Int64)
        case duplicate(customerID: Int64)
        /// The claim is not the newest, or the contact is past this.
        case stale(customerID: Int64)
        case unknown
    }

    /// One transaction, the caller's; the answers come in the order of the reports.
    func take(_ reports: [Report], now: Date, in connection: PostgresConnection) async throws -> [Answer] {
        let campaigns = try await book.read(in: connection).campaigns
        let groups = Dictionary(grouping: reports.indices, by: { reports[$0].partition }).sorted { $0.key < $1.key }
        let answers = try await connection.pipeline(
            groups.map { partition, indices in
                OpenContactStorage.lockStatement(
                    partition, deliveries: Set(indices.map { reports[$0].deliveryID }).sorted())
            })
        var results = [Answer](repeating: .unknown, count: reports.count)
        var updates: [SQL] = []
        var entries: [NewLogEntry] = []
        for ((partition, indices), rows) in zip(groups, answers) {
            var contacts: [Int64: OpenContact] = [:]
            for row in rows {
                let contact = try OpenContact(row: row)
                contacts[contact.deliveryID] = contact
            }
            var changes: [Int64: ContactChange] = [:]
            for index in indices {
                guard var contact = contacts[reports[index].deliveryID] else { continue }
                let action = contact.machine.report(reports[index].outcome, fencingToken: reports[index].fencingToken)
                contacts[contact.deliveryID] = contact
                results[index] = Answer(action, customerID: contact.key.customerID)
                if action == .duplicate || action == .stale { continue }
                changes[contact.deliveryID] = change(contact, after: reports[index])
                if action == .deadLetter {
                    updates.append(
                        DeadLetterStorage.putStatement(
                            partition, contact, reason: reports[index].reason, at: now))
                }
                if let cut = contact.cut(campaigns), let entry = try Self.entry(contact, cut, action, now: now) {
                    entries.append(entry)
                }
            }
            if !changes.isEmpty {
                updates.append(
                    OpenContactStorage.applyStatement(Array(changes.values), partition: partition, now: now))
            }
        }
        _ = try await connection.pipeline(updates)
        try await writer.append(entries, in: connection)
        return results
    }

    private func change(_ contact: OpenContact, after report: Report) -> ContactChange {
        let wait = min(max(report.retryAfter, .zero), .seconds(3_600))
        let dueAt = report.outcome == .notTaken ? Date() + wait / .seconds(1) : nil
        return ContactChange(contact, contact.machine, reason: report.reason, dueAt: dueAt)
    }

    private static func entry(
        _ contact: OpenContact, _ cut: ContactCut, _ action: DeliveryStateMachine.Action, now: Date
    ) throws -> NewLogEntry? {
        switch action {
        case .logContact:
            try LogEntries.contacted(
                contact.key, cut, delivery: contact.machine.state, at: contact.contactedAt ?? now, recordedAt: now)
        case .logChange(let wasSent): try LogEntries.deliveryChanged(contact.key, cut, wasSent: wasSent, at: now)
        case .logNotSent: try LogEntries.deliveryChanged(contact.key, cut, wasSent: false, at: now)
        case .retryLater, .deadLetter, .duplicate, .stale, .logRefused: nil
        }
    }
}

extension DeliveryReports.Answer {
    fileprivate init(_ action: DeliveryStateMachine.Action, customerID: Int64) {
        switch action {
        case .duplicate: self = .duplicate(customerID: customerID)
        case .stale: self = .stale(customerID: customerID)
        default: self = .accepted(customerID: customerID)
        }
    }
}
