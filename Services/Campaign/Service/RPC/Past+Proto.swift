internal import CampaignDomain
internal import Contracts
internal import Foundation
internal import Postgres

extension PastImport.Contact {
    init(_ message: CampaignV1.PastContact) {
        self.init(
            identityKind: message.identity?.kind ?? "", identityValue: message.identity?.value ?? "",
            arm: message.arm, channel: message.channel, contactedAt: Date(microseconds: message.contactedAtMicros),
            outcomes: message.outcomes.map {
                PastImport.Outcome(valueMinor: $0.valueMinor, occurredAt: Date(microseconds: $0.occurredAtMicros))
            })
    }
}

extension CampaignV1.ImportPastContactsResponse {
    init(_ taken: PastImport.Taken) {
        self.init(
            accepted: Int64(taken.accepted),
            refused: taken.refused.map { CommonV1.Refusal(field: $0.field, code: $0.code, reason: $0.reason) },
            position: CampaignHandler.position(taken.position, log: "campaign"))
    }
}

extension LiveCampaign {
    init(past campaign: Campaign) {
        self.init(
            id: campaign.id, version: campaign.version, state: campaign.state, plan: campaign.plan, offerTitle: "",
            offerText: "", startedAt: campaign.startedAt, closedAt: campaign.closedAt)
    }
}
