internal import Contracts

/// Behaviour events and outcomes.
enum EventShapes {
    static let propertiesByteLimit = 8 << 10

    static let event = JSONShape<ProfileV1.Event>.object(
        "Event", ProfileV1.Event(),
        [
            .required(
                "event_id", \.eventID,
                .text(1...128, .value).described("Unique for the customer; the same id again is a duplicate.")),
            .presence("customer", \.customer, CommonShapes.customer, isRequired: true),
            .required("type", \.type, eventType),
            .required("occurred_at", \.occurredAtMicros, .time),
            .omittable("properties", \.propertiesJSON, .freeObject(byteLimit: propertiesByteLimit), absent: ""),
        ])

    static let eventType = JSONShape<String>.text(1...64, .eventType)

    /// A conversion: an event whose value stands in the properties `value_minor` and `currency`.
    static let outcome = JSONShape<Outcome>.object(
        "Outcome", Outcome(),
        [
            .required("event_id", \.event.eventID, .text(1...128, .value)),
            .presence("customer", \.event.customer, CommonShapes.customer, isRequired: true),
            .required("type", \.event.type, eventType),
            .required("occurred_at", \.event.occurredAtMicros, .time),
            .presence("value_minor", \.valueMinor, .integer(-largestValueMinor...largestValueMinor)),
            .presence("currency", \.currency, currency),
        ])

    /// Ten trillion of a currency with a hundredth; a reader of the logs counts what lies beyond as 0.
    static let largestValueMinor: Int64 = 1_000_000_000_000_000

    static let currency = JSONShape<String>.text(3...3, .currency)

    struct Outcome: Sendable {
        var event = ProfileV1.Event()
        /// In minor units of the currency.
        var valueMinor: Int64?
        var currency: String?

        /// The event with its value among the properties.
        var tracked: ProfileV1.Event {
            guard valueMinor != nil || currency != nil else { return event }
            var event = event
            let bytes = JSONWriter.bytes { writer in
                writer.object { writer in
                    if let valueMinor {
                        writer.key("value_minor")
                        writer.integer(valueMinor)
                    }
                    if let currency { writer.member("currency", currency) }
                }
            }
            event.propertiesJSON = String(decoding: bytes, as: UTF8.self)
            return event
        }
    }
}

extension TextForm {
    /// ISO 4217, such as CNY.
    static let currency = TextForm(
        pattern: "^[A-Z]*$", description: "a currency code such as CNY",
        fits: { text in text.utf8.allSatisfy { (0x41...0x5A).contains($0) } })
}
