internal import CampaignDomain
internal import EventLog
internal import Foundation

/// Which events concern which campaigns; most concern none, and are passed over without asking the database.
struct EventInterest: Sendable {
    private var conversions: [String: [LiveCampaign]] = [:]
    private var triggers: [String: [(LiveCampaign, Trigger)]] = [:]

    init(_ campaigns: some Sequence<LiveCampaign>) {
        for campaign in campaigns.sorted(by: { $0.id < $1.id }) {
            conversions[campaign.plan.conversionEventType, default: []].append(campaign)
            guard campaign.state == .running else { continue }
            for trigger in campaign.plan.triggers {
                triggers[trigger.eventType, default: []].append((campaign, trigger))
            }
        }
    }

    func concerns(_ event: LogEntry) -> Bool {
        conversions[event.subject] != nil || triggers[event.subject] != nil
    }

    /// Campaigns for which the event may be a conversion: it lies after the start, and not so long after the end that
    /// the window of the last contact is over.
    func converting(_ event: LogEntry) -> [LiveCampaign] {
        (conversions[event.subject] ?? []).filter { campaign in
            guard let startedAt = campaign.startedAt, event.occurredAt >= startedAt else { return false }
            guard let closedAt = campaign.closedAt else { return true }
            return event.occurredAt <= closedAt + Double(campaign.plan.conversionWindowMicroseconds) / 1_000_000
        }
    }

    /// Triggers that fit. A late event of a time before the campaign contacts nobody.
    func triggering(_ event: LogEntry) -> [(LiveCampaign, Trigger)] {
        guard let candidates = triggers[event.subject] else { return [] }
        let properties = EventProperties(json: event.propertiesJSON)
        return candidates.filter { campaign, trigger in
            guard let startedAt = campaign.startedAt, event.occurredAt >= startedAt else { return false }
            return trigger.fits(eventType: event.subject, properties)
        }
    }
}
