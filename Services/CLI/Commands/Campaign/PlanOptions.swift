internal import ArgumentParser
internal import Contracts
internal import Foundation

/// The plan of a campaign from a file, from options, or from both: an option goes over the file.
struct PlanOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            localized(
                "JSON file with plan, and where wanted product and offer; written as the gateway takes it.",
                "含 plan（可选 product、offer）的 JSON 文件，格式与网关一致。"),
            valueName: "file"))
    var plan: String?

    @Option(help: ArgumentHelp(localized("Name of the campaign.", "活动名称。")))
    var name: String?

    @Option(
        help: ArgumentHelp(
            localized("Office that owns it; the own office where it is left out.", "所属机构；缺省为操作人的机构。"),
            valueName: "path"))
    var owner: String?

    @Option(help: ArgumentHelp(localized("Code of the offer.", "权益代码。"), valueName: "code"))
    var offer: String?

    @Option(help: ArgumentHelp(localized("Purpose that customers must have consented to.", "客户须已授权的用途。")))
    var purpose: String?

    @Option(help: ArgumentHelp(localized("Snapshot that holds the audience.", "目标客群快照编号。"), valueName: "number"))
    var snapshot: Int64?

    @Option(
        help: ArgumentHelp(
            localized("Share of the audience that is held, in percent, such as 20.", "对照组比例（百分比），如 20。"),
            valueName: "percent"),
        transform: PlanOptions.basisPoints)
    var control: Int32?

    @Option(help: ArgumentHelp(localized("Salt of the control group; made where it is left out.", "对照组盐值；缺省自动生成。")))
    var salt: String?

    @Option(
        help: ArgumentHelp(localized("Event type that counts as a conversion.", "视为转化的事件类型。"), valueName: "event"))
    var conversion: String?

    @Option(
        help: ArgumentHelp(
            localized("How long after the contact it counts, such as 30d.", "触达后多久内的转化有效，如 30d。"),
            valueName: "span"),
        transform: SpanOfTime.parse)
    var window: SpanOfTime?

    @Option(
        help: ArgumentHelp(
            localized("Property of the conversion event with its value in minor units.", "转化事件中记录金额（最小货币单位）的属性。"),
            valueName: "property"))
    var valueProperty: String?

    @Option(help: ArgumentHelp(localized("Currency of the values, such as CNY.", "金额币种，如 CNY。")))
    var currency: String?

    @Option(
        help: ArgumentHelp(
            localized(
                "A wave, as sms or sms@2026-03-02T02:00:00Z; repeated for more, in their order.",
                "一个波次，如 sms 或 sms@2026-03-02T02:00:00Z；可按顺序重复。"),
            valueName: "channel[@time]"))
    var wave: [String] = []

    @Option(
        help: ArgumentHelp(
            localized(
                "A trigger, as 'push: card.paid if amount >= 500 and city = \"Shanghai\"'; repeated for more.",
                "一个触发器，如 'push: card.paid if amount >= 500 and city = \"Shanghai\"'；可重复。"),
            valueName: "trigger"))
    var trigger: [String] = []

    /// What the file says, and over it the options.
    func file() throws -> CampaignFile {
        var file = try plan.map { try CampaignFile(contentsOf: URL(fileURLWithPath: $0)) } ?? CampaignFile()
        file.change.name = name ?? file.change.name
        file.change.officePath = owner ?? file.change.officePath
        file.change.offerCode = offer ?? file.change.offerCode
        file.change.purpose = purpose ?? file.change.purpose
        file.change.snapshotID = snapshot ?? file.change.snapshotID
        file.change.controlBasisPoints = control ?? file.change.controlBasisPoints
        file.change.salt = salt ?? file.change.salt
        file.change.conversionEventType = conversion ?? file.change.conversionEventType
        file.change.conversionWindowMicros = window?.microseconds ?? file.change.conversionWindowMicros
        file.change.valueProperty = valueProperty ?? file.change.valueProperty
        file.change.currency = currency ?? file.change.currency
        if !wave.isEmpty { file.change.waves = try Self.waves(wave) }
        if !trigger.isEmpty { file.change.triggers = try trigger.map { try TriggerText($0).trigger } }
        return file
    }

    static func waves(_ texts: [String]) throws -> [CampaignV1.Wave] {
        try texts.enumerated().map { index, text in
            let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let start = parts.count == 2 ? try Moment.parse(parts[1], of: "--wave") : nil
            return CampaignV1.Wave(
                number: Int32(index + 1), channel: parts[0],
                startsAtMicros: start.map { Int64(($0.timeIntervalSince1970 * 1e6).rounded()) } ?? 0)
        }
    }

    /// 20, 20% or 12.5, in basis points.
    static func basisPoints(_ text: String) throws -> Int32 {
        let number = text.hasSuffix("%") ? String(text.dropLast()) : text
        guard let percent = Double(number), percent >= 0, percent < 100 else {
            throw ValidationError(
                localized("Give percent from 0 to 99.99, such as 20.", "请给出 0 到 99.99 的百分比，如 20。"))
        }
        return Int32((percent * 100).rounded())
    }
}
