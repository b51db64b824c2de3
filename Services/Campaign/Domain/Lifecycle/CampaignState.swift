/// Where a campaign stands: draft -> approved -> running <-> paused -> closed. A campaign may be closed at any time.
package enum CampaignState: String, Sendable, Hashable, CaseIterable {
    case draft
    case approved
    case running
    case paused
    case closed

    /// What people do to a campaign.
    package enum Step: String, Sendable, Hashable, CaseIterable {
        /// Changes the plan: an approval is void after it.
        case edit
        case approve
        case start
        case pause
        case close
    }

    /// The state after a step, or nil where the step is not allowed.
    package func after(_ step: Step) -> CampaignState? {
        switch (self, step) {
        case (.draft, .edit), (.approved, .edit): .draft
        case (.draft, .approve): .approved
        case (.approved, .start), (.paused, .start): .running
        case (.running, .pause): .paused
        case (.draft, .close), (.approved, .close), (.running, .close), (.paused, .close): .closed
        default: nil
        }
    }

    /// The sentence for a step that this state does not allow.
    func refusal(of step: Step) -> CampaignProblem {
        let reason =
            switch step {
            case .edit: "Only a draft or an approved campaign can be changed; this one is \(rawValue)."
            case .approve: "Only a draft can be approved; this campaign is \(rawValue)."
            case .start where self == .draft: "This campaign is a draft: somebody else has to approve it first."
            case .start: "Only an approved or a paused campaign can be started; this one is \(rawValue)."
            case .pause: "Only a running campaign can be paused; this one is \(rawValue)."
            case .close: "This campaign is closed already."
            }
        return CampaignProblem(.wrongState, field: "campaign_id", reason)
    }
}
