internal import Contracts

/// Deliveries whose outcome nobody knows, and what was given up.
enum DeliveryShapes {
    /// The words for the customer and the number stay within: a person decides by the ids.
    private static let delivery = JSONShape<CampaignV1.Delivery>.object(
        "Delivery", CampaignV1.Delivery(),
        [
            .required("delivery_id", \.deliveryID, .integer()),
            .required("dedupe_key", \.dedupeKey, .text()),
            .required("campaign_id", \.campaignID, .integer()),
            .required("customer_id", \.customerID, .integer()),
            .required("wave", \.wave, .integer()),
            .required("channel", \.channel, .text()),
            .required("offer_code", \.offerCode, .text()),
            .required("attempt", \.attempt, .integer()),
            .required("state", \.state, .text()),
            .required("changed_at", \.changedAtMicros, .time),
            .required("partition", \.partition, .integer(0...255)),
            .required("fencing_token", \.fencingToken, .integer()),
        ])

    /// What a person found out about a delivery that nobody knew of; partition and fencing token as it was listed.
    static let decision = JSONShape<CampaignV1.DeliveryReport>.object(
        "DeliveryDecision", CampaignV1.DeliveryReport(),
        [
            .required("partition", \.partition, .integer(0...255)),
            .required("fencing_token", \.fencingToken, .integer()),
            .required("outcome", \.outcome, .names([("sent", .sent), ("not_sent", .notReceived)])),
            .required("reason", \.reason, .text(1...48, .name).described("A code, never content.")),
        ])

    static let deliveries = JSONShape<CampaignV1.ListDeliveriesResponse>.object(
        "Deliveries", CampaignV1.ListDeliveriesResponse(),
        [
            .required("deliveries", \.deliveries, delivery.array()),
            .omittable("next_cursor", \.nextPageCursor, CommonShapes.cursor, absent: ""),
        ])

    private static let deadLetter = JSONShape<CampaignV1.DeadLetter>.object(
        "DeadLetter", CampaignV1.DeadLetter(),
        [
            .required("dead_letter_id", \.deadLetterID, .integer()),
            .required("kind", \.kind, .text()),
            .required("reason", \.reason, .text()),
            .required("attempts", \.attempts, .integer()),
            .required("created_at", \.createdAtMicros, .time),
            .required("redriven", \.redriven, .flag),
        ])

    static let deadLetters = JSONShape<CampaignV1.ListDeadLettersResponse>.object(
        "DeadLetters", CampaignV1.ListDeadLettersResponse(),
        [
            .required("dead_letters", \.deadLetters, deadLetter.array()),
            .omittable("next_cursor", \.nextPageCursor, CommonShapes.cursor, absent: ""),
        ])
}
