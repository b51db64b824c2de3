internal import Contracts

/// Reports.
enum KPIShapes {
    private static let reason = JSONShape<KPIV1.ReasonCount>.object(
        "ReasonCount", KPIV1.ReasonCount(),
        [.required("reason", \.reason, .text()), .required("customers", \.customers, .integer())])

    private static let effect = JSONShape<KPIV1.Effect>.object(
        "Effect", KPIV1.Effect(),
        [
            .required("points", \.points, .number().described("100 x (rate - control rate).")),
            .required("low_points", \.lowPoints, .number().described("Newcombe's 95 % interval.")),
            .required("high_points", \.highPoints, .number()),
            .presence("lift", \.lift, .number()),
            .required("significant", \.significant, .flag),
        ])

    private static let arm = JSONShape<KPIV1.ArmReport>.object(
        "ArmReport", KPIV1.ArmReport(),
        [
            .required("arm", \.arm, .text()),
            .required("control", \.control, .flag),
            .required("customers", \.customers, .integer()),
            .required("converted", \.converted, .integer()),
            .required("conversions", \.conversions, .integer()),
            .required("value_minor", \.valueMinor, .integer(Int64.min...Int64.max)),
            .required("rate", \.rate, .number(0...1)),
            .presence("effect", \.effect, effect),
        ])

    static let report = JSONShape<KPIV1.CampaignReport>.object(
        "CampaignReport", KPIV1.CampaignReport(),
        [
            .required("campaign_id", \.campaignID, .integer()),
            .required("campaign_name", \.campaignName, .text()),
            .required("audience", \.audience, .integer()),
            .required("refused", \.refused, reason.array()),
            .required("arms", \.arms, arm.array()),
            .required("currency", \.currency, .text()),
            .presence("position", \.position, CommonShapes.position),
            .required("unknown_deliveries", \.unknownDeliveries, .integer()),
        ])

    private static let day = JSONShape<KPIV1.DayCounts>.object(
        "DayCounts", KPIV1.DayCounts(),
        [
            .required("day", \.day, .text()),
            .required("contacted", \.contacted, .integer()),
            .required("held", \.held, .integer()),
            .required("refused", \.refused, .integer()),
            .required("conversions", \.conversions, .integer()),
            .required("value_minor", \.valueMinor, .integer(Int64.min...Int64.max)),
        ])

    static let days = JSONShape<KPIV1.GetDaySeriesResponse>.object(
        "DaySeries", KPIV1.GetDaySeriesResponse(), [.required("days", \.days, day.array())])

    private static let activityCount = JSONShape<KPIV1.ActivityCount>.object(
        "ActivityCount", KPIV1.ActivityCount(),
        [
            .required("day", \.day, .text()),
            .required("measure", \.measure, .text()),
            .required(
                "subject", \.subject,
                .text().described("Type of the event, purpose and channel of the consent, or number of the segment.")),
            .required("amount", \.amount, .integer()),
        ])

    static let activity = JSONShape<KPIV1.GetActivityResponse>.object(
        "Activity", KPIV1.GetActivityResponse(), [.required("counts", \.counts, activityCount.array())])

    static let verify = JSONShape<KPIV1.VerifyRequest>.object(
        "Verify", KPIV1.VerifyRequest(), [.omittable("campaign_id", \.campaignID, .identifier, absent: 0)])

    private static let difference = JSONShape<KPIV1.Difference>.object(
        "Difference", KPIV1.Difference(),
        [
            .required("cell", \.cell, .text()),
            .required("stored", \.stored, .integer(Int64.min...Int64.max)),
            .required("recomputed", \.recomputed, .integer(Int64.min...Int64.max)),
        ])

    static let verified = JSONShape<KPIV1.VerifyResponse>.object(
        "Verified", KPIV1.VerifyResponse(),
        [
            .required("cells", \.cells, .integer()),
            .required("entries", \.entries, .integer()),
            .required("differences", \.differences, difference.array().described("The first 1,000, of all kinds.")),
            .required("difference_count", \.differenceCount, .integer().described("All that there are.")),
        ])
}
