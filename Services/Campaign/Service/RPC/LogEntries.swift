internal import CampaignDomain
internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres
internal import ProtobufC

/// Entries of campaign.log, each with all that a number is cut by.
enum LogEntries {
    private enum Kind {
        static let contacted: Int16 = 1
        static let held: Int16 = 2
        static let outcome: Int16 = 3
        static let refused: Int16 = 4
        static let deliveryChanged: Int16 = 5
    }

    /// A contact that left, or may have left, at `moment`. The log's own uniqueness keeps a second one out.
    static func contacted(
        _ key: DedupeKey, _ cut: ContactCut, delivery: DeliveryState, at moment: Date, recordedAt: Date
    ) throws -> NewLogEntry {
        let body = CampaignV1.Contacted(cut: cut.message, dedupeKey: key.description, delivery: delivery.rawValue)
        return NewLogEntry(
            customerID: key.customerID, kind: Kind.contacted, subject: cut.subject, dedupeKey: "contacted.\(key)",
            occurredAt: moment, recordedAt: recordedAt, body: try body.packed())
    }

    static func held(
        _ key: DedupeKey, _ cut: ContactCut, at moment: Date, recordedAt: Date? = nil
    ) throws -> NewLogEntry {
        NewLogEntry(
            customerID: key.customerID, kind: Kind.held, subject: cut.subject, dedupeKey: "held.\(key)",
            occurredAt: moment, recordedAt: recordedAt ?? moment, body: try CampaignV1.Held(cut: cut.message).packed())
    }

    static func refused(
        _ key: DedupeKey, _ cut: ContactCut, reason: String, at moment: Date
    ) throws -> NewLogEntry {
        NewLogEntry(
            customerID: key.customerID, kind: Kind.refused, subject: cut.subject, occurredAt: moment,
            recordedAt: moment, body: try CampaignV1.Refused(cut: cut.message, reason: reason).packed())
    }

    static func outcome(
        customerID: Int64, _ cut: ContactCut, eventType: String, eventID: String, valueMinor: Int64, at moment: Date,
        recordedAt: Date
    ) throws -> NewLogEntry {
        let body = CampaignV1.Outcome(
            cut: cut.message, eventType: eventType, eventID: eventID, valueMinor: valueMinor)
        return NewLogEntry(
            customerID: customerID, kind: Kind.outcome, subject: cut.subject,
            dedupeKey: "outcome.\(cut.campaign.id).\(eventID)", occurredAt: moment, recordedAt: recordedAt,
            body: try body.packed())
    }

    /// What was unknown is known, or the channel refused for good.
    static func deliveryChanged(
        _ key: DedupeKey, _ cut: ContactCut, wasSent: Bool, at moment: Date
    ) throws -> NewLogEntry {
        let body = CampaignV1.DeliveryChanged(
            cut: cut.message, dedupeKey: key.description, delivery: wasSent ? "sent" : "not_sent")
        return NewLogEntry(
            customerID: key.customerID, kind: Kind.deliveryChanged, subject: cut.subject, dedupeKey: "changed.\(key)",
            occurredAt: moment, recordedAt: moment, body: try body.packed())
    }
}

extension ContactCut {
    fileprivate var subject: String { "campaign.\(campaign.id)" }

    fileprivate var message: CampaignV1.Cut {
        CampaignV1.Cut(
            campaignID: campaign.id, campaignName: campaign.plan.name, campaignVersion: campaign.version,
            officePath: officePath, manager: manager, arm: arm, control: isControl, wave: wave, channel: channel,
            conversionWindowMicros: campaign.plan.conversionWindowMicroseconds, currency: campaign.plan.currency,
            offerCode: campaign.plan.offerCode)
    }
}
