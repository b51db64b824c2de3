package import Foundation

/// A campaign and what was decided about it.
package struct Campaign: Sendable, Hashable {
    package var id: Int64
    package var plan: CampaignPlan
    /// As the offer stood when the version was made: who approves the version approves them, and a later change of the offer
    /// changes nothing.
    package private(set) var words: OfferWords
    package private(set) var state: CampaignState
    /// Grows by one with every change of the plan; what a checker approves is a version.
    package private(set) var version: Int64
    /// Who made the version that stands.
    package private(set) var maker: String
    /// Everybody who made a version of the plan; none of them may approve it.
    package private(set) var makers: Set<String>
    /// Who approved the version that stands, or empty.
    package private(set) var checker: String
    package var createdAt: Date
    package private(set) var startedAt: Date?
    package private(set) var closedAt: Date?
    /// A finished campaign of the past.
    package var isImported: Bool

    /// A new draft.
    package init(id: Int64, plan: CampaignPlan, words: OfferWords, maker: String, createdAt: Date) {
        self.init(
            id: id, plan: plan, words: words, state: .draft, version: 1, maker: maker, makers: [maker], checker: "",
            createdAt: createdAt, startedAt: nil, closedAt: nil, isImported: false)
    }

    /// One that was stored.
    package init(
        id: Int64, plan: CampaignPlan, words: OfferWords, state: CampaignState, version: Int64, maker: String,
        makers: Set<String>, checker: String, createdAt: Date, startedAt: Date?, closedAt: Date?, isImported: Bool
    ) {
        self.id = id
        self.plan = plan
        self.words = words
        self.state = state
        self.version = version
        self.maker = maker
        self.makers = makers
        self.checker = checker
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.closedAt = closedAt
        self.isImported = isImported
    }

    /// Changes the plan and takes the offer's present words; whoever does it is its maker from then on, and an approval is void.
    package mutating func edit(
        _ plan: CampaignPlan, words: OfferWords, version: Int64, by maker: String
    ) throws(CampaignProblem) {
        try requireVersion(version)
        try take(.edit)
        // The salt decides who is held: it is fixed when the draft is made, so that nobody tries salts until the
        // control group suits them.
        guard plan.salt.isEmpty || plan.salt == self.plan.salt else {
            throw CampaignProblem(.invalid, field: "plan.salt", "The salt of a campaign cannot be changed.")
        }
        let salt = self.plan.salt
        self.plan = plan
        self.plan.salt = salt
        self.words = words
        self.version += 1
        self.maker = maker
        makers.insert(maker)
        checker = ""
    }

    /// Approves one version; the checker made none of them.
    package mutating func approve(version: Int64, by checker: String) throws(CampaignProblem) {
        try requireVersion(version)
        guard !words.title.isEmpty else {
            throw CampaignProblem(
                .wrongState, field: "version", "This version lacks the words of its offer: save the plan once more.")
        }
        guard !makers.contains(checker) else {
            throw CampaignProblem(
                .notAllowed, field: "campaign_id", "You made this campaign or changed it: another person approves it.")
        }
        try take(.approve)
        self.checker = checker
    }

    package mutating func start(at moment: Date) throws(CampaignProblem) {
        try take(.start)
        if startedAt == nil { startedAt = moment }
    }

    package mutating func pause() throws(CampaignProblem) {
        try take(.pause)
    }

    package mutating func close(at moment: Date) throws(CampaignProblem) {
        try take(.close)
        closedAt = moment
    }

    private mutating func take(_ step: CampaignState.Step) throws(CampaignProblem) {
        guard !isImported || step == .close else {
            throw CampaignProblem(.wrongState, field: "campaign_id", "A campaign of the past was imported and is over.")
        }
        guard let next = state.after(step) else { throw state.refusal(of: step) }
        state = next
    }

    private func requireVersion(_ version: Int64) throws(CampaignProblem) {
        guard version == self.version else {
            throw CampaignProblem(
                .stale, field: "version", "The campaign was changed since you read it: read it again, then decide.")
        }
    }
}
