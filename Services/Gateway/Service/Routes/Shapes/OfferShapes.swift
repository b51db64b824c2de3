internal import Contracts

/// Products, offers and the contact policy.
enum OfferShapes {
    static let product = JSONShape<CampaignV1.Product>.object(
        "Product", CampaignV1.Product(),
        [
            .required("name", \.name, .text(1...100, .line)),
            .required("class", \.`class`, .text(1...48, .name).described("For example deposit, loan or fund.")),
        ])

    static let offerDraft = JSONShape<CampaignV1.Offer>.object(
        "OfferDraft", CampaignV1.Offer(),
        [
            .required("product_code", \.productCode, .text(1...48, .code)),
            .required("title", \.title, .text(1...200, .line)),
            .required("text", \.text, .text(1...4_000, .lines)),
        ])

    private static let offer = JSONShape<CampaignV1.Offer>.object(
        "Offer", CampaignV1.Offer(),
        [
            .required("code", \.code, .text()),
            .required("product_code", \.productCode, .text()),
            .required("title", \.title, .text()),
            .required("text", \.text, .text()),
        ])

    static let offers = JSONShape<CampaignV1.ListOffersResponse>.object(
        "Offers", CampaignV1.ListOffersResponse(),
        [
            .required("offers", \.offers, offer.array()),
            .omittable("next_cursor", \.nextPageCursor, CommonShapes.cursor, absent: ""),
        ])

    private static let cap = JSONShape<CampaignV1.Cap>.object(
        "Cap", CampaignV1.Cap(),
        [
            .required(
                "channel", \.channel, .text(1...48, .channelOrAll).described("A channel, or * for all together.")),
            .required("contacts", \.contacts, .integer(0...1_000_000)),
            .required("window_seconds", \.windowMicros, .seconds(1...31_622_400)),
        ])

    private static let quietHours = JSONShape<CampaignV1.QuietHours>.object(
        "QuietHours", CampaignV1.QuietHours(),
        [
            .required("channel", \.channel, .text(1...48, .channelOrAll)),
            .required("from_minute", \.fromMinute, .integer(0...1_439).described("Minute of the bank's day.")),
            .required("until_minute", \.untilMinute, .integer(0...1_440)),
        ])

    static let policy = JSONShape<CampaignV1.ContactPolicy>.object(
        "ContactPolicy", CampaignV1.ContactPolicy(),
        [
            .required("caps", \.caps, cap.array(0...100)),
            .required("quiet_hours", \.quietHours, quietHours.array(0...100)),
            .omittable(
                "version", \.version, .integer().described("The version the change is based on."), absent: 0),
        ])
}

extension JSONShape where Value == Int64 {
    /// A length of time in whole seconds; microseconds within.
    static func seconds(_ range: ClosedRange<Int64>) -> JSONShape<Int64> {
        integer(range).converted(from: { $0 * 1_000_000 }, to: { $0 / 1_000_000 })
    }
}
