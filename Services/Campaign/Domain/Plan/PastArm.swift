/// An arm of a campaign of the past, as it was assigned then.
package struct PastArm: Sendable, Hashable {
    package var name: String
    package var isControl: Bool

    package init(name: String, isControl: Bool) {
        self.name = name
        self.isControl = isControl
    }

    /// Arms that an effect can be computed from: at least two, named differently, exactly one the control.
    package static func check(_ arms: [PastArm]) throws(CampaignProblem) {
        guard (2...20).contains(arms.count) else {
            throw CampaignProblem(.invalid, field: "arms", "Name 2 to 20 arms, the control arm among them.")
        }
        for (index, arm) in arms.enumerated() where !Names.isTitle(arm.name, atMost: 100) {
            throw CampaignProblem(
                .invalid, field: "arms[\(index)].name", "Give every arm a name of at most 100 characters.")
        }
        guard Set(arms.map(\.name)).count == arms.count else {
            throw CampaignProblem(.invalid, field: "arms", "Give every arm another name.")
        }
        guard arms.count(where: \.isControl) == 1 else {
            throw CampaignProblem(.invalid, field: "arms", "Mark exactly one arm as the control arm.")
        }
    }
}
