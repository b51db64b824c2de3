internal import EventLog
internal import KPIDomain
internal import Postgres
internal import RPC
internal import ServiceLifecycle

/// What follows the three logs.
struct KPIFollowers: Sendable {
    /// The consumer of each log.
    static let name = "kpi"

    let campaign: LogConsumer
    /// One for each source of activity.
    let activity: [LogConsumer]

    init(_ dependencies: KPIDependencies, _ days: BusinessDay) {
        // Reports are read by people: what is a tenth of a second old is new to them, and larger batches cost less.
        var configuration = LogConsumerConfiguration()
        configuration.rest = .milliseconds(100)
        // Every event of the bank passes here, beside those who bring it to a contact within milliseconds.
        var patient = LogConsumerConfiguration()
        patient.rest = .milliseconds(500)
        let follower = CampaignFollower(days: days)
        campaign = LogConsumer(
            name: Self.name, log: "campaign", ownSchema: "kpi", pool: dependencies.pool, configuration: configuration
        ) { batch, connection in
            try await follower.apply(batch, in: connection)
        }
        activity = ActivitySource.all.map { [patient] source in
            let follower = ActivityFollower(source: source, days: days)
            return LogConsumer(
                name: Self.name, log: source.log, ownSchema: "kpi", pool: dependencies.pool,
                configuration: patient
            ) { batch, connection in
                try await follower.apply(batch, in: connection)
            }
        }
    }

    var all: [LogConsumer] { [campaign] + activity }
}
