internal import Contracts
internal import Foundation

/// A campaign for people, and for programs.
struct CampaignText {
    var campaign: CampaignV1.Campaign

    static func state(_ state: CampaignV1.CampaignState) -> String {
        switch state {
        case .draft: localized("draft", "草稿")
        case .approved: localized("approved", "已批准")
        case .running: localized("running", "运行中")
        case .paused: localized("paused", "已暂停")
        case .closed: localized("closed", "已结束")
        default: localized("unknown", "未知")
        }
    }

    private var plan: CampaignV1.CampaignPlan { campaign.plan ?? CampaignV1.CampaignPlan() }

    var text: String {
        var table = Table(
            [localized("campaign \(campaign.campaignID)", "活动 \(campaign.campaignID)"), plan.name],
            columnsOfText: [0, 1])
        for (name, value) in about + (campaign.imported ? [] : planned) + counts where !value.isEmpty {
            for (index, line) in value.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                table.add([index == 0 ? name : "", String(line)])
            }
        }
        return table.text
    }

    private var about: [(String, String)] {
        let imported = campaign.imported ? localized(" (imported from the past)", "（历史导入）") : ""
        return [
            (localized("state", "状态"), Self.state(campaign.state) + imported),
            (localized("version", "版本"), "\(campaign.version)"),
            (localized("made by", "制作人"), campaign.maker),
            (localized("approved by", "批准人"), campaign.checker),
            (localized("office", "机构"), plan.officePath),
            (localized("created", "创建"), Moment.text(microseconds: campaign.createdAtMicros)),
            (localized("started", "开始"), Moment.text(microseconds: campaign.startedAtMicros)),
            (localized("closed", "结束"), Moment.text(microseconds: campaign.closedAtMicros)),
        ]
    }

    private var planned: [(String, String)] {
        let held = ReportText.number(Double(plan.controlBasisPoints) / 100, 2)
        let window = SpanOfTime(microseconds: plan.conversionWindowMicros).text
        let value = plan.valueProperty.isEmpty ? "" : "\(plan.valueProperty) (\(plan.currency))"
        return [
            (localized("offer", "权益"), plan.offerCode),
            (localized("title", "标题"), campaign.offerTitle),
            (localized("text", "正文"), campaign.offerText),
            (localized("purpose", "用途"), plan.purpose),
            (localized("audience", "目标客群"), localized("snapshot \(plan.snapshotID)", "快照 \(plan.snapshotID)")),
            (localized("control group", "对照组"), "\(held) %"),
            (localized("salt", "盐值"), plan.salt),
            (
                localized("conversion", "转化"),
                localized("\(plan.conversionEventType) within \(window)", "\(window) 内的 \(plan.conversionEventType)")
            ),
            (localized("value", "金额"), value),
        ]
            + plan.waves.map { wave in
                let start =
                    wave.startsAtMicros == 0
                    ? localized("at the start", "活动开始时") : Moment.text(microseconds: wave.startsAtMicros)
                return (localized("wave \(wave.number)", "波次 \(wave.number)"), "\(wave.channel), \(start)")
            }
            + plan.triggers.map { (localized("trigger", "触发器"), TriggerText($0).text) }
    }

    private var counts: [(String, String)] {
        let progress = campaign.progress ?? CampaignV1.Progress()
        let looked = localized(
            "\(progress.done) of \(progress.total) in wave \(progress.wave)",
            "波次 \(progress.wave)：\(progress.total) 中的 \(progress.done)")
        return [
            (localized("progress", "进度"), progress.wave == 0 ? "" : looked),
            (localized("deliveries", "投递"), Self.list(campaign.deliveries)),
            (localized("quiet hours", "免打扰时段"), quietWait),
            (localized("held", "对照"), campaign.held == 0 ? "" : "\(campaign.held)"),
            (localized("refused", "未触达"), Self.list(campaign.refused)),
        ]
    }

    private var quietWait: String {
        guard let wait = campaign.quietWait else { return "" }
        guard wait.untilMicros > 0 else {
            return localized("\(wait.deliveries) wait for ever", "\(wait.deliveries) 次触达将一直等待")
        }
        let until = Moment.text(microseconds: wait.untilMicros)
        return localized("\(wait.deliveries) wait until \(until)", "\(wait.deliveries) 次触达等到 \(until)")
    }

    private static func list(_ counts: [String: Int64]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    private struct Document: Encodable {
        var campaignID: Int64
        var state: String
        var version: Int64
        var maker: String
        var checker: String
        var imported: Bool
        var plan: PlanDocument
        var deliveries: [String: Int64]
        var refused: [String: Int64]
        var held: Int64
        var offerTitle: String
        var offerText: String
        var quietWait: QuietWait?

        struct QuietWait: Encodable {
            var deliveries: Int64
            /// nil where nobody knows.
            var until: String?
        }
    }

    private static let states: [CampaignV1.CampaignState: String] = [
        .draft: "draft", .approved: "approved", .running: "running", .paused: "paused", .closed: "closed",
    ]

    /// The member `plan` can be taken out, changed and given back with `--plan`.
    func json() throws -> String {
        try JSONText.of(
            Document(
                campaignID: campaign.campaignID, state: Self.states[campaign.state] ?? "unknown",
                version: campaign.version, maker: campaign.maker, checker: campaign.checker,
                imported: campaign.imported, plan: PlanDocument(plan), deliveries: campaign.deliveries,
                refused: campaign.refused, held: campaign.held, offerTitle: campaign.offerTitle,
                offerText: campaign.offerText,
                quietWait: campaign.quietWait.map {
                    Document.QuietWait(
                        deliveries: $0.deliveries,
                        until: $0.untilMicros == 0 ? nil : Moment.text(microseconds: $0.untilMicros))
                }))
    }

    static func list(_ campaigns: [CampaignV1.Campaign]) -> String {
        var table = Table(
            [
                localized("campaign", "活动"), localized("state", "状态"), localized("version", "版本"),
                localized("name", "名称"), localized("office", "机构"), localized("maker", "制作人"),
                localized("checker", "批准人"), localized("created", "创建"),
            ], columnsOfText: [1, 3, 4, 5, 6, 7])
        for campaign in campaigns {
            let plan = campaign.plan ?? CampaignV1.CampaignPlan()
            table.add([
                "\(campaign.campaignID)", state(campaign.state), "\(campaign.version)", plan.name, plan.officePath,
                campaign.maker, campaign.checker, Moment.text(microseconds: campaign.createdAtMicros),
            ])
        }
        return table.isEmpty ? localized("no campaigns yet", "尚无活动") : table.text
    }
}
