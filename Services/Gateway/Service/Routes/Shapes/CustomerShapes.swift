internal import Contracts

/// Customers: what is sent about them and what is shown of them.
enum CustomerShapes {
    static let identify = JSONShape<ProfileV1.IdentifyRequest>.object(
        "Identify", ProfileV1.IdentifyRequest(),
        [
            .presence("identity", \.identity, CommonShapes.identity, isRequired: true),
            .optional("traits", \.traits, TraitShapes.traits),
            .optional("source", \.source, .text(0...120, .anything)),
            .omittable("office_path", \.officePath, CommonShapes.officePath, absent: ""),
            .optional("manager", \.manager, .text(0...64, .valueIfAny).described("Staff number; empty for none.")),
        ])

    static let identified = JSONShape<ProfileV1.IdentifyResponse>.object(
        "Identified", ProfileV1.IdentifyResponse(),
        [
            .required("customer_id", \.customerID, .integer()),
            .required("created", \.created, .flag),
            .presence("position", \.position, CommonShapes.position),
        ])

    static let alias = JSONShape<ProfileV1.AliasRequest>.object(
        "Alias", ProfileV1.AliasRequest(),
        [
            .presence("customer", \.customer, CommonShapes.customer, isRequired: true),
            .presence("identity", \.identity, CommonShapes.identity, isRequired: true),
        ])

    static let aliased = JSONShape<ProfileV1.AliasResponse>.object(
        "Aliased", ProfileV1.AliasResponse(),
        [
            .required("customer_id", \.customerID, .integer()),
            .required("linked", \.linked, .flag),
            .presence("position", \.position, CommonShapes.position),
        ])

    private static let consent = JSONShape<ProfileV1.Consent>.object(
        "Consent", ProfileV1.Consent(),
        [
            .required("purpose", \.purpose, .text(1...32, .name)),
            .required("channel", \.channel, .text(1...32, .channelOrAll).described("A channel, or * for all.")),
            .required("granted", \.granted, .flag),
            .omittable("valid_from", \.validFromMicros, .momentIfAny, absent: 0),
            .omittable("valid_until", \.validUntilMicros, .momentIfAny, absent: 0),
            .optional("source", \.source, .text(0...120, .anything)),
        ])

    static let consents = JSONShape<ProfileV1.SetConsentsRequest>.object(
        "Consents", ProfileV1.SetConsentsRequest(),
        [
            .presence("customer", \.customer, CommonShapes.customer, isRequired: true),
            .required("consents", \.consents, consent.array(1...100)),
        ])

    static let consentsSet = JSONShape<ProfileV1.SetConsentsResponse>.object(
        "ConsentsSet", ProfileV1.SetConsentsResponse(),
        [
            .required("customer_id", \.customerID, .integer()),
            .presence("position", \.position, CommonShapes.position),
        ])

    static let suppression = JSONShape<ProfileV1.SetSuppressionRequest>.object(
        "Suppression", ProfileV1.SetSuppressionRequest(),
        [
            .presence("customer", \.customer, CommonShapes.customer, isRequired: true),
            .required("suppressed", \.suppressed, .flag),
            .required("reason", \.reason, .text(1...32, .name).described("A code, for example complaint.")),
        ])

    static let suppressionSet = JSONShape<ProfileV1.SetSuppressionResponse>.object(
        "SuppressionSet", ProfileV1.SetSuppressionResponse(),
        [
            .required("customer_id", \.customerID, .integer()),
            .presence("position", \.position, CommonShapes.position),
        ])

    private static let customer = JSONShape<ProfileV1.Customer>.object(
        "Customer", ProfileV1.Customer(),
        [
            .required("customer_id", \.customerID, .integer()),
            .required("office_path", \.officePath, .text()),
            .required("manager", \.manager, .text()),
            .required("identities", \.identities, shownIdentity.array()),
            .required("traits", \.traits, TraitShapes.traits),
            .required("consents", \.consents, consent.array()),
            .required("suppressed", \.suppressed, .flag),
            .required("tags", \.tags, JSONShape<String>.text().array()),
            .required("created_at", \.createdAtMicros, .time),
        ])

    /// As it is shown: masked values keep no form.
    private static let shownIdentity = JSONShape<CommonV1.Identity>.object(
        "ShownIdentity", CommonV1.Identity(),
        [.required("kind", \.kind, .text()), .required("value", \.value, .text())])

    private static let timelineEntry = JSONShape<ProfileV1.TimelineEntry>.object(
        "TimelineEntry", ProfileV1.TimelineEntry(),
        [
            .required("kind", \.kind, .text()),
            .required("subject", \.subject, .text()),
            .required("occurred_at", \.occurredAtMicros, .time),
            .omittable("properties", \.propertiesJSON, .freeObject(byteLimit: .max), absent: ""),
        ])

    static let found = JSONShape<ProfileV1.GetCustomerResponse>.object(
        "CustomerWithTimeline", ProfileV1.GetCustomerResponse(),
        [
            .presence("customer", \.customer, customer, isRequired: true),
            .required("timeline", \.timeline, timelineEntry.array()),
        ])
}
