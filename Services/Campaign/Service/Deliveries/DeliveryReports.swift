internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres

/// Takes what workers report about the contacts they had.
struct DeliveryReports: Sendable {
    let book: CampaignBook
    let writer = EventLogWriter(schema: "campaign")
    /// A channel may ask to be left alone for a day.
    static let longestWait = Duration.seconds(86_400)

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
    ///
    /// - Parameter onlyUnknown: for a person, who decides what nobody knew; a contact that a worker has is the worker's.
    func take(
        _ reports: [Report], onlyUnknown: Bool = false, now: Date, in connection: PostgresConnection
    ) async throws -> [Answer] {
        let answers = try await connection.pipeline([
            LiveCampaignStorage.revisionStatement, OpenContactStorage.lockStatement(places(of: reports)),
        ])
        let campaigns = try await book.read(answers[0], in: connection).campaigns
        var contacts: [Int64: OpenContact] = [:]
        for row in answers[1] {
            let contact = try OpenContact(row: row)
            contacts[contact.deliveryID] = contact
        }
        var results = [Answer](repeating: .unknown, count: reports.count)
        var changes: [Int64: ContactChange] = [:]
        var statements: [SQL] = []
        var entries: [NewLogEntry] = []
        for (index, report) in reports.enumerated() {
            guard var contact = contacts[report.deliveryID], contact.member.partition == report.partition else {
                continue
            }
            guard !onlyUnknown || contact.machine.state == .unknown else {
                results[index] = .stale(customerID: contact.key.customerID)
                continue
            }
            let action = contact.machine.report(report.outcome, fencingToken: report.fencingToken)
            contacts[contact.deliveryID] = contact
            results[index] = Answer(action, customerID: contact.key.customerID)
            if action == .duplicate || action == .stale { continue }
            changes[contact.deliveryID] = change(contact, after: report)
            if action == .deadLetter {
                statements.append(
                    DeadLetterStorage.putStatement(report.partition, contact, reason: report.reason, at: now))
            }
            if let cut = contact.cut(campaigns), let entry = try Self.entry(contact, cut, action, now: now) {
                entries.append(entry)
            }
        }
        if !changes.isEmpty { statements.append(OpenContactStorage.applyStatement(Array(changes.values), now: now)) }
        try await connection.executeAtCommit(statements)
        try await writer.append(entries, in: connection)
        return results
    }

    /// Each contact once, however often it is reported on.
    private func places(of reports: [Report]) -> [OpenContactStorage.Place] {
        let partitions = Dictionary(reports.map { ($0.deliveryID, $0.partition) }) { first, _ in first }
        return partitions.map { ($0.value, $0.key) }
    }

    private func change(_ contact: OpenContact, after report: Report) -> ContactChange {
        let wait = min(max(report.retryAfter, .zero), Self.longestWait)
        let dueAt = report.outcome.mayFollow ? Date() + wait / .seconds(1) : nil
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
        // Without a key, so that a contact which leaves after a person drove it again counts all the same.
        case .deadLetter: try LogEntries.refused(contact.key, cut, reason: "not_delivered", at: now)
        case .retryLater, .duplicate, .stale, .logRefused: nil
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
