internal import Contracts
internal import EventLog
internal import Foundation
internal import KPIDomain
internal import ProtobufC

extension Cut {
    init(_ proto: CampaignV1.Cut) {
        self.init(
            officePath: proto.officePath, manager: proto.manager, arm: proto.arm, isControl: proto.control,
            wave: proto.wave, channel: proto.channel, windowMicroseconds: proto.conversionWindowMicros)
    }
}

/// An entry of campaign.log, read.
struct CampaignEntry: Sendable {
    var owned: OwnedFact
    var name: CampaignName

    /// nil for a kind that no number depends on, which a newer campaign service may write.
    init?(_ entry: LogEntry) throws {
        guard let read = try Self.read(entry) else { return nil }
        let (cut, fact) = read
        owned = OwnedFact(
            owner: FactOwner(partition: entry.partition, campaignID: cut.campaignID, customerID: entry.customerID),
            fact: fact)
        name = CampaignName(
            campaignID: cut.campaignID, version: cut.campaignVersion, name: cut.campaignName, currency: cut.currency)
    }

    private static func read(_ entry: LogEntry) throws -> (CampaignV1.Cut, Fact)? {
        let (at, bytes) = (entry.occurredAt, entry.body ?? [])
        switch entry.kind {
        case 1:
            let body = try CampaignV1.Contacted(unpacking: bytes)
            let cut = try required(body.cut)
            return (
                cut,
                .contacted(dedupeKey: body.dedupeKey, at: at, cut: Cut(cut), unknown: body.delivery == "unknown")
            )
        case 2:
            let cut = try required(CampaignV1.Held(unpacking: bytes).cut)
            return (cut, .held(at: at, cut: Cut(cut)))
        case 3:
            let body = try CampaignV1.Outcome(unpacking: bytes)
            return (try required(body.cut), .outcome(eventID: body.eventID, at: at, valueMinor: body.valueMinor))
        case 4:
            let body = try CampaignV1.Refused(unpacking: bytes)
            let cut = try required(body.cut)
            return (cut, .refused(at: at, cut: Cut(cut), reason: body.reason))
        case 5:
            let body = try CampaignV1.DeliveryChanged(unpacking: bytes)
            let cut = try required(body.cut)
            return (
                cut,
                .deliveryChanged(dedupeKey: body.dedupeKey, at: at, cut: Cut(cut), sent: body.delivery == "sent")
            )
        default:
            return nil
        }
    }

    private static func required(_ cut: CampaignV1.Cut?) throws -> CampaignV1.Cut {
        guard let cut else { throw KPIFailure.unreadableEntry }
        return cut
    }
}
