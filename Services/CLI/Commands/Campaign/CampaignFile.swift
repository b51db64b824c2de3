internal import Contracts
internal import Foundation
internal import RPC

/// A file that describes a campaign: `plan` as the gateway takes it, and where wanted `product` and `offer`, which
/// are put first. A file with the members of the plan alone is taken too.
struct CampaignFile: Sendable {
    var product: CampaignV1.Product?
    var offer: CampaignV1.Offer?
    var change = PlanChange()

    init() {}

    init(contentsOf file: URL) throws {
        guard let data = try? Data(contentsOf: file) else {
            throw RuntimeError(
                .configurationInvalid,
                localized("The file \(file.path) cannot be read: check its path.", "无法读取文件 \(file.path)：请检查路径。"))
        }
        do {
            try self.init(json: data)
        } catch let error as RuntimeError {
            throw RuntimeError(error.code, "\(file.lastPathComponent): \(error.message)")
        }
    }

    init(json: Data) throws {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: json) else {
            throw RuntimeError(
                .configurationInvalid, localized("This is no JSON; check its commas and braces.", "不是 JSON；请检查逗号与括号。"))
        }
        var members = try JSONMembers(value, at: "")
        guard let plan = try members.object("plan") else {
            change = try Self.plan(members)
            return
        }
        change = try Self.plan(plan)
        product = try members.object("product").map(Self.product)
        offer = try members.object("offer").map(Self.offer)
        try members.finish(known: ["plan", "product", "offer"])
    }

    private static func product(_ members: JSONMembers) throws -> CampaignV1.Product {
        var members = members
        let product = CampaignV1.Product(
            code: try members.text("code") ?? "", name: try members.text("name") ?? "",
            class: try members.text("class") ?? "")
        try members.finish(known: ["code", "name", "class"])
        return product
    }

    private static func offer(_ members: JSONMembers) throws -> CampaignV1.Offer {
        var members = members
        let offer = CampaignV1.Offer(
            code: try members.text("code") ?? "", productCode: try members.text("product_code") ?? "",
            title: try members.text("title") ?? "", text: try members.text("text") ?? "")
        try members.finish(known: ["code", "product_code", "title", "text"])
        return offer
    }

    private static func plan(_ members: JSONMembers) throws -> PlanChange {
        var members = members
        var change = PlanChange()
        change.name = try members.text("name")
        change.officePath = try members.text("office_path")
        change.offerCode = try members.text("offer_code")
        change.purpose = try members.text("purpose")
        change.snapshotID = try members.integer("snapshot_id", as: Int64.self)
        change.controlBasisPoints = try members.integer("control_basis_points", as: Int32.self)
        change.salt = try members.text("salt")
        change.conversionEventType = try members.text("conversion_event_type")
        change.conversionWindowMicros = try members.integer("conversion_window_seconds", as: Int32.self)
            .map { Int64($0) * 1_000_000 }
        change.valueProperty = try members.text("value_property")
        change.currency = try members.text("currency")
        change.waves = try members.objects("waves")?.enumerated().map { try wave($0.element, at: $0.offset) }
        change.triggers = try members.objects("triggers")?.map(trigger)
        try members.finish(known: [
            "name", "office_path", "offer_code", "purpose", "snapshot_id", "control_basis_points", "salt",
            "conversion_event_type", "conversion_window_seconds", "value_property", "currency", "waves", "triggers",
        ])
        return change
    }

    private static func wave(_ members: JSONMembers, at index: Int) throws -> CampaignV1.Wave {
        var members = members
        let number = try members.integer("number", as: Int32.self) ?? Int32(index + 1)
        let channel = try members.text("channel") ?? ""
        let start = try members.text("starts_at").map { text in
            do {
                return try Moment.parse(text)
            } catch {
                throw JSONMembers.problem(members.place("starts_at"), Moment.howToWrite)
            }
        }
        try members.finish(known: ["number", "channel", "starts_at"])
        return CampaignV1.Wave(
            number: number, channel: channel,
            startsAtMicros: start.map { Int64(($0.timeIntervalSince1970 * 1e6).rounded()) } ?? 0)
    }

    private static func trigger(_ members: JSONMembers) throws -> CampaignV1.Trigger {
        var members = members
        let trigger = CampaignV1.Trigger(
            eventType: try members.text("event_type") ?? "",
            conditions: try members.objects("conditions")?.map(condition) ?? [],
            channel: try members.text("channel") ?? "")
        try members.finish(known: ["event_type", "conditions", "channel"])
        return trigger
    }

    private static func condition(_ members: JSONMembers) throws -> CampaignV1.TriggerCondition {
        var members = members
        var condition = CampaignV1.TriggerCondition(
            property: try members.text("property") ?? "", operator: try members.text("operator") ?? "")
        switch members.value("value") {
        case nil: break
        case .text(let text): condition.value = .text(text)
        case .integer(let number): condition.value = .number(Double(number))
        case .number(let number): condition.value = .number(number)
        case .flag(let flag): condition.value = .flag(flag)
        default:
            throw JSONMembers.problem(
                members.place("value"), localized("Write text, a number, true or false.", "此处应为文本、数字、true 或 false。"))
        }
        try members.finish(known: ["property", "operator", "value"])
        return condition
    }
}
