internal import CampaignDomain

/// A customer whom a campaign wants to contact through a channel.
struct Candidate: Sendable {
    var member: AudienceMember
    var campaign: LiveCampaign
    var wave: Int32
    var channel: String
    /// What caused it, or empty.
    var traceparent = ""

    var key: DedupeKey {
        DedupeKey(campaignID: campaign.id, customerID: member.customerID, wave: wave, channel: channel)
    }

    var cut: ContactCut {
        ContactCut(
            campaign: campaign, officePath: member.officePath, manager: member.manager,
            arm: ContactCut.arm(isControl: member.isControl), isControl: member.isControl, wave: wave, channel: channel)
    }
}

/// What every entry of the log about a customer in a campaign is cut by.
struct ContactCut: Sendable {
    var campaign: LiveCampaign
    /// Of the customer when the audience was read.
    var officePath: String
    var manager: String
    var arm: String
    var isControl: Bool
    var wave: Int32
    var channel: String

    static func arm(isControl: Bool) -> String { isControl ? "held" : "contacted" }
}
