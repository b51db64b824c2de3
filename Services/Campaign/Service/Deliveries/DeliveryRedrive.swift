internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres

/// Gives a contact that no worker could hand over another chance, because a person wants it.
struct DeliveryRedrive: Sendable {
    let book: CampaignBook
    let timeZone: TimeZone

    /// A contact that failed counts for no cap, so it goes through the whole gate once more, under the same locks as
    /// one that is new.
    func again(_ letter: DeadLetterStorage.Letter, now: Date, in connection: PostgresConnection) async throws {
        // One that was driven again is over: a new letter comes where the channel still does not take the contact.
        guard !letter.isRedriven else { throw CampaignFailure.unknownDeadLetter }
        let campaigns = try await book.read(in: connection).campaigns
        let found = try await connection.query(OpenContactStorage.readStatement((letter.partition, letter.deliveryID)))
        guard let first = try found.first.map(OpenContact.init(row:)), let campaign = campaigns[first.key.campaignID]
        else { throw CampaignFailure.unknownDeadLetter }
        let running = try await connection.pipeline([
            LiveCampaignStorage.lockRunningStatement([campaign.id]),
            LiveCampaignStorage.runningStatement([campaign.id]),
        ])
        guard !running[0].isEmpty else {
            guard running[1].isEmpty else { throw CampaignFailure.aboutToStop }
            throw CampaignFailure.problem(
                CampaignProblem(.wrongState, field: "dead_letter_id", "The campaign does not run: start it first."))
        }
        let policy = try await PolicyStorage.current(in: connection).policy
        let channel = first.key.channel
        var facts = try await ContactFactsStorage.read(
            of: [first.key.customerID], purposes: [campaign.plan.purpose],
            contactsSince: now - policy.longestWindow(channel: channel), in: connection)[first.key.customerID]
        facts?.isControl = first.member.isControl
        let gate = ContactGate(
            purpose: campaign.plan.purpose, channel: channel, policy: policy, now: now, timeZone: timeZone)
        if case .refused(let refusal) = gate.decide(facts ?? ContactFacts()) {
            throw CampaignFailure.notAllowed(refusal)
        }
        // Again, now that its customer is locked: somebody else may have driven it meanwhile.
        let rows = try await connection.query(OpenContactStorage.lockStatement([(letter.partition, letter.deliveryID)]))
        guard let contact = try rows.first.map(OpenContact.init(row:)), contact.machine.state == .failed else { return }
        let machine = DeliveryStateMachine(fencingToken: contact.machine.fencingToken)
        try await OpenContactStorage.apply(
            [ContactChange(contact, machine, reason: "redriven", dueAt: Date(), decidedAt: now)], now: now,
            in: connection)
        guard try await DeadLetterStorage.markRedriven(letter, in: connection) else {
            throw CampaignFailure.unknownDeadLetter
        }
    }
}
