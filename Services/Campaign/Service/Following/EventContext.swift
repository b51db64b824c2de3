internal import CampaignDomain
internal import EventLog
internal import Postgres

/// What the database knows of the customers of some events.
struct EventContext: Sendable {
    var members: [Membership: AudienceMember] = [:]
    /// Of the campaigns with a trigger that fits: those that run, and do until the end of the transaction.
    var running: Set<Int64> = []
    /// Of the campaigns with a trigger that fits: those whose audience was read to its end.
    var complete: Set<Int64> = []
    /// Contacts that triggers brought about before.
    var standing: ContactReservation.Standing = [:]

    /// One round trip. Throws `LogRetryLater` while a campaign is about to be stopped. Campaigns are locked first, and before any customer is: whoever pauses one waits for this
    /// transaction, and after it nothing is reserved.
    static func read(_ slices: [EventSlice], in connection: PostgresConnection) async throws -> EventContext {
        let triggering = Set(slices.flatMap { $0.triggering.map(\.campaign.id) }).sorted()
        return try await read(
            triggering: triggering, of: Set(slices.flatMap { $0.triggering.map(\.event.customerID) }).sorted(),
            campaigns: Set(slices.flatMap(\.campaigns)).sorted(), customers: slices.flatMap(\.customers),
            in: connection)
    }

    /// The same of customers whom triggers of the campaigns ask for.
    static func read(
        triggering campaigns: [Int64], customers: [Int64], in connection: PostgresConnection
    ) async throws -> EventContext {
        try await read(
            triggering: campaigns, of: customers, campaigns: campaigns, customers: customers, in: connection)
    }

    private static func read(
        triggering: [Int64], of triggeringCustomers: [Int64], campaigns: [Int64], customers: [Int64],
        in connection: PostgresConnection
    ) async throws -> EventContext {
        let answers = try await connection.pipeline([
            LiveCampaignStorage.lockRunningStatement(triggering), LiveCampaignStorage.runningStatement(triggering),
            AudienceStorage.completeStatement(of: triggering),
            AudienceStorage.membersStatement(of: campaigns, customers: customers),
            ContactStorage.triggeredStatement(customers: triggeringCustomers, campaigns: triggering),
        ])
        var context = EventContext()
        context.running = Set(try answers[0].map { try $0.decode(Int64.self) })
        // Somebody is about to stop one of them, and may yet fail to: its triggers are not to be lost.
        guard context.running.isSuperset(of: try answers[1].map { try $0.decode(Int64.self) }) else {
            throw LogRetryLater(after: .milliseconds(20))
        }
        context.complete = Set(try answers[2].map { try $0.decode(Int64.self) })
        context.members = try AudienceStorage.members(answers[3])
        context.standing = try ContactStorage.triggered(answers[4])
        return context
    }

    /// The contact that a trigger asks for, of a customer of the audience whom no trigger of the campaign reached yet.
    func candidate(_ campaign: LiveCampaign, customerID: Int64, channel: String) -> Candidate? {
        let membership = Membership(campaignID: campaign.id, customerID: customerID)
        guard let member = members[membership] else { return nil }
        let candidate = Candidate(member: member, campaign: campaign, wave: Wave.ofTriggers, channel: channel)
        if let standing = standing[candidate.key], standing.state != .refused { return nil }
        return candidate
    }
}
