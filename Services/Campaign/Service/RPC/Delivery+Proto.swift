internal import CampaignDomain
internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres

extension CampaignV1.Delivery {
    /// A contact that a worker has from now on.
    init(_ claimed: DeliveryClaims.Claimed, at now: Date) {
        let contact = claimed.contact
        self.init(
            deliveryID: contact.deliveryID, dedupeKey: contact.key.description, campaignID: contact.key.campaignID,
            customerID: contact.key.customerID, customerNumber: contact.member.customerNumber,
            wave: contact.key.wave, channel: contact.key.channel, offerCode: claimed.campaign.plan.offerCode,
            title: claimed.campaign.offerTitle, text: claimed.campaign.offerText,
            fencingToken: contact.machine.fencingToken, attempt: contact.machine.attempt,
            state: contact.machine.state.rawValue, changedAtMicros: now.microseconds,
            partition: Int32(contact.member.partition), traceparent: contact.traceparent)
    }

    /// One of a list: without the words, which nobody sends again.
    init(_ listed: DeliveryListing.Listed) {
        self.init(
            deliveryID: listed.deliveryID, dedupeKey: listed.key.description, campaignID: listed.key.campaignID,
            customerID: listed.key.customerID, customerNumber: listed.customerNumber, wave: listed.key.wave,
            channel: listed.key.channel, fencingToken: listed.fencingToken, attempt: listed.attempt,
            state: listed.state.rawValue, changedAtMicros: listed.changedAt.microseconds,
            partition: Int32(listed.partition), traceparent: listed.traceparent)
    }
}

extension DeliveryReports.Report {
    init(_ message: CampaignV1.DeliveryReport, at index: Int) throws {
        guard LogPartition.all.contains(Int16(clamping: message.partition)), message.partition >= 0 else {
            throw CampaignFailure.missing(field: "reports[\(index)].partition")
        }
        partition = Int16(message.partition)
        deliveryID = message.deliveryID
        fencingToken = message.fencingToken
        switch message.outcome {
        case .sent: outcome = .sent
        case .notTaken: outcome = .notTaken
        case .refused: outcome = .refused
        case .unknown: outcome = .unknown
        case .doubtful: outcome = .doubtful
        case .notReceived: outcome = .notReceived
        case .notPosted: outcome = .notPosted
        default: throw CampaignFailure.missing(field: "reports[\(index)].outcome")
        }
        guard message.reason.isEmpty || Names.isPlain(message.reason) else {
            throw CampaignFailure.problem(
                CampaignProblem(
                    .invalid, field: "reports[\(index)].reason", "Give the reason as a code, for example http_400."))
        }
        reason = message.reason
        retryAfter = .milliseconds(message.retryAfterMilliseconds)
    }
}

extension CommonV1.ItemResult {
    init(_ answer: DeliveryReports.Answer, at index: Int) {
        func refusal(_ code: String, _ reason: String) -> CommonV1.Refusal {
            CommonV1.Refusal(field: "reports[\(index)]", code: code, reason: reason)
        }
        switch answer {
        case .accepted(let customerID): self.init(status: .accepted, customerID: customerID)
        case .duplicate(let customerID): self.init(status: .duplicate, customerID: customerID)
        case .stale(let customerID):
            self.init(
                status: .refused,
                refusal: refusal(
                    "stale_claim", "The claim is not the newest of this delivery, or its outcome is known already."),
                customerID: customerID)
        case .unknown:
            self.init(
                status: .refused,
                refusal: refusal("unknown_delivery", "There is no such delivery: name it as it was handed out."))
        }
    }
}
