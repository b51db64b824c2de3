internal import CampaignDomain
internal import EventLog
internal import Postgres

/// What the database knows of the customers of some events.
struct EventContext: Sendable {
    var members: [Membership: AudienceMember] = [:]
    /// Of the campaigns with a trigger that fits: those that run, and do until the end of the transaction.
    var running: Set<Int64> = []
    /// Contacts that triggers brought about before.
    var standing: ContactReservation.Standing = [:]

    /// One round trip. Campaigns are locked first, and before any customer is: whoever pauses one waits for this
    /// transaction, and after it nothing is reserved.
    static func read(_ slices: [EventSlice], in connection: PostgresConnection) async throws -> EventContext {
        let triggering = Set(slices.flatMap { $0.triggering.map(\.campaign.id) }).sorted()
        let answers = try await connection.pipeline([
            LiveCampaignStorage.lockRunningStatement(triggering),
            AudienceStorage.membersStatement(
                of: Set(slices.flatMap(\.campaigns)).sorted(), customers: slices.flatMap(\.customers)),
            ContactStorage.triggeredStatement(
                customers: Set(slices.flatMap { $0.triggering.map(\.event.customerID) }).sorted(),
                campaigns: triggering),
        ])
        var context = EventContext()
        context.running = Set(try answers[0].map { try $0.decode(Int64.self) })
        context.members = try AudienceStorage.members(answers[1])
        context.standing = try ContactStorage.triggered(answers[2])
        return context
    }
}
