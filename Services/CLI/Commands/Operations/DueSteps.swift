internal import Contracts

/// What a running campaign still has to do at a moment of business time, as far as the campaign service tells.
enum DueSteps {
    /// The last wave whose time has come; nil where none has. Waves run one after another, whether or not they have a
    /// time.
    static func lastDueWave(_ plan: CampaignV1.CampaignPlan, at moment: Int64) -> CampaignV1.Wave? {
        plan.waves.prefix { $0.startsAtMicros <= moment }.last
    }

    /// When the next wave starts after a moment; nil where none does.
    static func nextStart(_ campaigns: [CampaignV1.Campaign], after moment: Int64) -> Int64? {
        campaigns.filter { $0.state == .running }.flatMap { $0.plan?.waves ?? [] }.map(\.startsAtMicros)
            .filter { $0 > moment }.min()
    }

    /// What is still open, in words; nil where all that is due has been done.
    ///
    /// - Parameter hasAudience: false where nobody is in the campaign, so that its waves have nobody to look at.
    static func open(_ campaign: CampaignV1.Campaign, at moment: Int64, hasAudience: Bool) -> String? {
        guard campaign.state == .running, let plan = campaign.plan else { return nil }
        let progress = campaign.progress ?? CampaignV1.Progress()
        if let wave = lastDueWave(plan, at: moment), hasAudience,
            progress.wave < wave.number || (progress.wave == wave.number && progress.done < progress.total)
        {
            return localized(
                "campaign \(campaign.campaignID): wave \(wave.number) has looked at \(progress.done) of "
                    + "\(progress.total)",
                "活动 \(campaign.campaignID)：波次 \(wave.number) 已处理 \(progress.total) 中的 \(progress.done)")
        }
        // What waits for quiet hours to end waits for business time, not for a channel.
        let reserved = (campaign.deliveries["reserved"] ?? 0) - (campaign.quietWait?.deliveries ?? 0)
        let waiting = reserved + (campaign.deliveries["sending"] ?? 0)
        guard waiting > 0 else { return nil }
        return localized(
            "campaign \(campaign.campaignID): \(waiting) contacts wait for their channel",
            "活动 \(campaign.campaignID)：\(waiting) 次触达在等待渠道")
    }
}
