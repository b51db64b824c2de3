internal import ArgumentParser

/// Campaigns from the draft to the end.
struct CampaignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "campaign",
        abstract: localized("Plans, approves and runs campaigns.", "策划、审批和运行营销活动。"),
        discussion: localized(
            """
            A campaign goes from draft to approved (by another person than its makers), running, paused and closed. \
            --user says who acts; the role that a step needs is taken by itself where --role is left out.
            """,
            "活动依次为：草稿、已批准（须由制作人以外的人批准）、运行中、已暂停、已结束。--user 指明操作人；未给出 --role 时自动使用该步骤所需角色。"),
        subcommands: [
            Create.self, List.self, Show.self, Edit.self, Approve.self, Start.self, Pause.self, Resume.self, Close.self,
            ImportPast.self, Deliveries.self, DeadLetters.self, Redrive.self, Decide.self, Product.self, Offer.self,
            Offers.self, Policy.self,
        ])
}

/// Who may take a step, where the person names no role.
enum CampaignRole {
    static let maker = ["marketer"]
    static let checker = ["approver"]
    static let reader = ["analyst"]
    static let keeper = ["operator"]
}
