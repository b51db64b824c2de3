internal import Contracts

/// Campaigns: the plan that a maker writes, and what has become of it.
enum CampaignShapes {
    /// As long as consents name one.
    private static let channel = JSONShape<String>.text(1...32, .channel)

    private static let wave = JSONShape<CampaignV1.Wave>.object(
        "Wave", CampaignV1.Wave(),
        [
            .required("number", \.number, .integer(1...100)),
            .required("channel", \.channel, channel),
            .omittable(
                "starts_at", \.startsAtMicros,
                .momentIfAny.described("Where left out, with the campaign: so no wave before it has a time."), absent: 0
            ),
        ])

    private static let trigger = JSONShape<CampaignV1.Trigger>.object(
        "Trigger", CampaignV1.Trigger(),
        [
            .required("event_type", \.eventType, EventShapes.eventType),
            .optional("conditions", \.conditions, condition.array(0...20)),
            .required("channel", \.channel, channel),
        ])

    private static let condition = JSONShape<CampaignV1.TriggerCondition>.object(
        "TriggerCondition", CampaignV1.TriggerCondition(),
        [
            .required("property", \.property, .text(1...48, .name)),
            .required("operator", \.`operator`, .oneOf(["=", "!=", "<", "<=", ">", ">=", "known"])),
            .presence("value", \.value, conditionValue),
        ])

    private static let conditionValue = JSONShape<CampaignV1.TriggerCondition.Value>(
        schema: .anyOf([JSONShape<String>.text(0...500, .anything).schema, .number(nil), .flag]),
        read: { reader throws(JSONProblem) in
            switch try reader.peek() {
            case UInt8(ascii: "\""): .text(try JSONShape<String>.text(0...500, .anything).read(&reader))
            case UInt8(ascii: "t"), UInt8(ascii: "f"): .flag(try reader.readFlag())
            default: .number(try reader.readDouble())
            }
        },
        write: { value, writer in
            switch value {
            case .text(let text): writer.text(text)
            case .number(let number): writer.double(number)
            case .flag(let flag): writer.flag(flag)
            }
        })

    static let plan = JSONShape<CampaignV1.CampaignPlan>.object(
        "CampaignPlan", CampaignV1.CampaignPlan(),
        [
            .required("name", \.name, .text(1...100, .line)),
            .omittable(
                "office_path", \.officePath,
                CommonShapes.officePath.described(
                    "Left out: of the person who makes the draft; where a plan is changed, as it stands."),
                absent: ""),
            .required("offer_code", \.offerCode, .text(1...48, .code)),
            .required("purpose", \.purpose, .text(1...32, .name)),
            .required("snapshot_id", \.snapshotID, .identifier),
            .required(
                "control_basis_points", \.controlBasisPoints,
                .integer(0...9_999).described("Share of the audience that is held; 2000 is 20 %.")),
            .omittable("salt", \.salt, .text(1...100, .line), absent: ""),
            .required("conversion_event_type", \.conversionEventType, EventShapes.eventType),
            .required("conversion_window_seconds", \.conversionWindowMicros, .seconds(1...31_622_400)),
            .omittable(
                "value_property", \.valueProperty,
                .text(1...48, .name).described("Property of the conversion event with its value in minor units."),
                absent: ""),
            .omittable(
                "currency", \.currency,
                EventShapes.currency.described(
                    "Of the values. Where an event names another currency, its conversion counts and is worth nothing."),
                absent: ""),
            .optional("waves", \.waves, wave.array(0...20)),
            .optional("triggers", \.triggers, trigger.array(0...20)),
        ], oneFilled: ["waves", "triggers"])

    static let update = JSONShape<CampaignV1.UpdateCampaignRequest>.object(
        "CampaignChange", CampaignV1.UpdateCampaignRequest(),
        [
            .required("version", \.version, .identifier.described("The version the change is based on.")),
            .presence("plan", \.plan, plan, isRequired: true),
        ])

    static let approval = JSONShape<CampaignV1.ApproveCampaignRequest>.object(
        "Approval", CampaignV1.ApproveCampaignRequest(),
        [
            .required("version", \.version, .identifier.described("The version that was looked at.")),
            .required(
                "reason", \.reason,
                .text(1...48, .name).described("A code, such as reviewed; it stands in the audit log.")),
        ])

    private static let progress = JSONShape<CampaignV1.Progress>.object(
        "Progress", CampaignV1.Progress(),
        [
            .required("done", \.done, .integer()),
            .required("total", \.total, .integer()),
            .required("wave", \.wave, .integer()),
        ])

    private static let state = JSONShape<CampaignV1.CampaignState>.names([
        ("draft", .draft), ("approved", .approved), ("running", .running), ("paused", .paused), ("closed", .closed),
        ("unknown", .unspecified),
    ])

    private static let quietWait = JSONShape<CampaignV1.QuietWait>.object(
        "QuietWait", CampaignV1.QuietWait(),
        [
            .required("deliveries", \.deliveries, .integer()),
            .omittable("until", \.untilMicros, .time, absent: 0),
        ])

    /// An imported campaign of the past has no plan of ours, so its parts are not bound as a draft's are.
    static let campaign = JSONShape<CampaignV1.Campaign>.object(
        "Campaign", CampaignV1.Campaign(),
        [
            .required("campaign_id", \.campaignID, .integer()),
            .presence("plan", \.plan, ShownPlan.shape),
            .required("state", \.state, state),
            .required("version", \.version, .integer()),
            .required("maker", \.maker, .text()),
            .omittable("checker", \.checker, .text(), absent: ""),
            .presence("progress", \.progress, progress),
            .required("created_at", \.createdAtMicros, .time),
            .omittable("started_at", \.startedAtMicros, .time, absent: 0),
            .omittable("closed_at", \.closedAtMicros, .time, absent: 0),
            .required("imported", \.imported, .flag),
            .required("deliveries", \.deliveries, .counts),
            .required("refused", \.refused, .counts),
            .required("held", \.held, .integer()),
            .presence("quiet_wait", \.quietWait, quietWait),
            .required(
                "offer_title", \.offerTitle, .text().described("What customers will read, as fixed with the version.")),
            .required("offer_text", \.offerText, .text()),
        ])

    static let campaigns = JSONShape<CampaignV1.ListCampaignsResponse>.object(
        "Campaigns", CampaignV1.ListCampaignsResponse(),
        [
            .required("campaigns", \.campaigns, campaign.array()),
            .omittable("next_cursor", \.nextPageCursor, CommonShapes.cursor, absent: ""),
        ])

    /// A plan as it is shown.
    private enum ShownPlan {
        static let shape = JSONShape<CampaignV1.CampaignPlan>.object(
            "ShownPlan", CampaignV1.CampaignPlan(),
            [
                .required("name", \.name, .text()),
                .required("office_path", \.officePath, .text()),
                .required("offer_code", \.offerCode, .text()),
                .required("purpose", \.purpose, .text()),
                .required("snapshot_id", \.snapshotID, .integer()),
                .required("control_basis_points", \.controlBasisPoints, .integer()),
                .required("salt", \.salt, .text()),
                .required("conversion_event_type", \.conversionEventType, .text()),
                .required("conversion_window_seconds", \.conversionWindowMicros, .seconds(0...9_223_372_036_854)),
                .required("value_property", \.valueProperty, .text()),
                .required("currency", \.currency, .text()),
                .required("waves", \.waves, wave.array()),
                .required("triggers", \.triggers, trigger.array()),
            ])
    }
}
