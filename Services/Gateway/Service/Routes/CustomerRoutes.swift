internal import Contracts
internal import Hummingbird
internal import ServiceKit

/// Customers: identities, traits, consents, and the customer as a whole.
enum CustomerRoutes {
    static func all(_ clients: GatewayClients) -> [Route] {
        [
            .change(
                .post, "/v1/identify", "identify", "Creates a customer if the identity is new, and sets traits.",
                .writeEvents, body: CustomerShapes.identify, reply: CustomerShapes.identified
            ) { call, request in
                try await clients.profile.identify(request, options: call.options)
            },
            .change(
                .post, "/v1/alias", "alias", "Links one more identity to a customer.", .writeEvents,
                body: CustomerShapes.alias, reply: CustomerShapes.aliased
            ) { call, request in
                try await clients.profile.alias(request, options: call.options)
            },
            .change(
                .post, "/v1/consents", "setConsents",
                "Grants or withdraws consents; after the reply no contact leaves that a withdrawn one forbids.",
                .writeConsents, body: CustomerShapes.consents, reply: CustomerShapes.consentsSet
            ) { call, request in
                try await clients.profile.setConsents(request, options: call.options)
            },
            .change(
                .post, "/v1/suppressions", "setSuppression",
                "Suppresses a customer (no marketing contact at all) or lifts it.", .writeConsents,
                body: CustomerShapes.suppression, reply: CustomerShapes.suppressionSet
            ) { call, request in
                try await clients.profile.setSuppression(request, options: call.options)
            },
            customer(clients),
        ]
    }

    private static let reference = Parameter<CommonV1.CustomerReference>(
        name: "id", place: .path, meaning: "ONE_ID, or kind:value of an identity",
        schema: .text(
            lengths: 1...161,
            pattern: "^([1-9][0-9]{0,17}|[a-z][a-z0-9_]{0,31}:\(TextForm.valuePattern(inner: "{0,126}")))$", format: nil
        ),
        requirement: "a ONE_ID such as 40017, or an identity such as customer_number:40017",
        parse: { text in
            if let id = Int64(text), (1..<1_000_000_000_000_000_000).contains(id), text.utf8.first != 0x2B,
                text.utf8.first != 0x30
            {
                return CommonV1.CustomerReference(by: .customerID(id))
            }
            guard let colon = text.firstIndex(of: ":") else { return nil }
            let kind = String(text[..<colon])
            let value = String(text[text.index(after: colon)...])
            guard (1...32).contains(kind.utf8.count), TextForm.name.fits(kind),
                (1...128).contains(value.unicodeScalars.count), TextForm.value.fits(value)
            else { return nil }
            return CommonV1.CustomerReference(by: .identity(CommonV1.Identity(kind: kind, value: value)))
        })
    private static let timeline = Parameter<Int64>.integer(
        "timeline", in: .query, "newest entries of the timeline to return; fewer where they would not fit a reply",
        0...200)
    private static let revealReason = Parameter<String>.text(
        "reveal_reason", in: .query,
        "show what is masked, for this reason, a code such as call_back; needs the right, and goes to the audit log",
        1...32, .name)

    private static func customer(_ clients: GatewayClients) -> Route {
        .get(
            "/v1/customers/{id}", "getCustomer", "A customer with traits, consents and timeline; masked.",
            .readCustomers, parameters: [reference, timeline, revealReason], reply: CustomerShapes.found
        ) { call in
            let request = ProfileV1.GetCustomerRequest(
                customer: try call.value(of: reference), timelineLimit: Int32(call[timeline] ?? 20),
                reveal: call[revealReason] != nil, revealReason: call[revealReason] ?? "")
            return try await clients.profile.getCustomer(request, options: call.options)
        }
    }
}
