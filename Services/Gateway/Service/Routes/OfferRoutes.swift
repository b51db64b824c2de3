internal import Contracts
internal import Hummingbird
internal import ServiceKit

/// Products, offers and the contact policy.
enum OfferRoutes {
    private static let code = Parameter<String>.text("code", in: .path, "code", 1...48, .code)

    static func all(_ clients: GatewayClients) -> [Route] {
        [
            .change(
                .put, "/v1/products/{code}", "putProduct", "Adds or changes a product.", .editCampaigns,
                parameters: [code], body: OfferShapes.product, reply: CommonShapes.done, fieldPrefix: "product."
            ) { call, body in
                var product = body
                product.code = try call.value(of: code)
                _ = try await clients.campaign.putProduct(
                    CampaignV1.PutProductRequest(product: product), options: call.options)
            },
            .change(
                .put, "/v1/offers/{code}", "putOffer", "Adds or changes an offer.", .editCampaigns,
                parameters: [code], body: OfferShapes.offerDraft, reply: CommonShapes.done, fieldPrefix: "offer."
            ) { call, body in
                var offer = body
                offer.code = try call.value(of: code)
                _ = try await clients.campaign.putOffer(
                    CampaignV1.PutOfferRequest(offer: offer), options: call.options)
            },
            .get(
                "/v1/offers", "listOffers", "The offers.", .readCampaigns, parameters: [Parameter<String>.cursor],
                reply: OfferShapes.offers
            ) { call in
                try await clients.campaign.listOffers(
                    CampaignV1.ListOffersRequest(pageCursor: call[.cursor] ?? ""), options: call.options)
            },
            .get(
                "/v1/contact-policy", "getContactPolicy", "Caps and quiet hours of the bank.", .readCampaigns,
                reply: OfferShapes.policy
            ) { call in
                try await clients.campaign.getContactPolicy(
                    CampaignV1.GetContactPolicyRequest(), options: call.options
                ).policy.present()
            },
            .change(
                .put, "/v1/contact-policy", "putContactPolicy", "Changes caps and quiet hours of the bank.",
                .editContactPolicy, body: OfferShapes.policy, reply: OfferShapes.policy, fieldPrefix: "policy."
            ) { call, policy in
                try await clients.campaign.putContactPolicy(
                    CampaignV1.PutContactPolicyRequest(policy: policy), options: call.options
                ).policy.present()
            },
        ]
    }
}
