internal import CampaignDomain
internal import EventLog

/// The events of one partition that concern a campaign, with what they may mean to it.
struct EventSlice: Sendable {
    var partition: Int16
    var converting: [(event: LogEntry, campaign: LiveCampaign)] = []
    var triggering: [(event: LogEntry, campaign: LiveCampaign, trigger: Trigger)] = []

    init(partition: Int16, events: ArraySlice<LogEntry>, _ interest: EventInterest) {
        self.partition = partition
        for event in events {
            converting += interest.converting(event).map { (event, $0) }
            triggering += interest.triggering(event).map { (event, $0.0, $0.1) }
        }
    }

    var customers: [Int64] { Set(converting.map(\.event.customerID) + triggering.map(\.event.customerID)).sorted() }
    var campaigns: [Int64] { Set(converting.map(\.campaign.id) + triggering.map(\.campaign.id)).sorted() }
}
