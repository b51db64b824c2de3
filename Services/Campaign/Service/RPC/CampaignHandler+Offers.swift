internal import CampaignDomain
internal import Contracts
internal import Postgres
internal import RPC
internal import ServiceKit

extension CampaignHandler {
    /// Offers of one page, at most.
    private static var offersAtOnce: Int { 100 }

    func putProduct(
        _ request: CampaignV1.PutProductRequest, context: CallContext
    ) async throws -> CampaignV1.PutProductResponse {
        let office = try Gate.require(.editCampaigns, context, orMachines: Self.machines)?.officePath ?? "/"
        guard let message = request.product else { throw CampaignFailure.missing(field: "product") }
        let product = Product(message)
        try checked(product.check)
        return try await change(context, request) { connection in
            guard try await OfferStorage.put(product, by: office, in: connection) else {
                throw CampaignFailure.madeElsewhere(field: "product.code")
            }
            return CampaignV1.PutProductResponse()
        }
    }

    func putOffer(
        _ request: CampaignV1.PutOfferRequest, context: CallContext
    ) async throws -> CampaignV1.PutOfferResponse {
        let office = try Gate.require(.editCampaigns, context, orMachines: Self.machines)?.officePath ?? "/"
        guard let message = request.offer else { throw CampaignFailure.missing(field: "offer") }
        let offer = Offer(message)
        try checked(offer.check)
        return try await change(context, request) { connection in
            guard try await OfferStorage.hasProduct(offer.productCode, in: connection) else {
                throw CampaignFailure.unknownProduct
            }
            guard try await OfferStorage.put(offer, by: office, in: connection) else {
                throw CampaignFailure.madeElsewhere(field: "offer.code")
            }
            return CampaignV1.PutOfferResponse()
        }
    }

    func listOffers(
        _ request: CampaignV1.ListOffersRequest, context: CallContext
    ) async throws -> CampaignV1.ListOffersResponse {
        try Gate.require(.readCampaigns, context, orMachines: Self.machines)
        let cursor = ListCursor(dependencies.pages, context)
        let after = try cursor.text(request.pageCursor) ?? ""
        let offers = try await read(context) {
            try await OfferStorage.list(after: after, limit: Self.offersAtOnce + 1, in: $0)
        }
        let page = try Page(offers, limit: Self.offersAtOnce) { CampaignV1.Offer($0) }
        return CampaignV1.ListOffersResponse(
            offers: page.messages, nextPageCursor: page.last.map { cursor.sign($0.code) } ?? "")
    }

    func putContactPolicy(
        _ request: CampaignV1.PutContactPolicyRequest, context: CallContext
    ) async throws -> CampaignV1.PutContactPolicyResponse {
        let right = Right.editContactPolicy
        let what = "contact policy"
        if context.principal != nil || !Self.machines.contains(context.caller) {
            let person = try await dependencies.audit.require(right, context, what: what, pool: pool)
            guard person.officePath == "/" else {
                await dependencies.audit.appendRefusal(right, context, what: what, reason: "OFFICE", pool: pool)
                throw CampaignFailure.wholeBankOnly
            }
        }
        guard let message = request.policy else { throw CampaignFailure.missing(field: "policy") }
        let policy = ContactPolicy(message)
        try checked(policy.check)
        let now = try await clock.now()
        return try await change(context, request) { connection in
            let user = context.principal?.user ?? "service:\(context.caller)"
            let (old, _) = try await PolicyStorage.current(in: connection)
            guard old == message.version else { throw CampaignFailure.policyChangedMeanwhile }
            let version = old + 1
            try await Self.onlyVersion {
                try await PolicyStorage.put(policy, after: old, by: user, at: now, in: connection)
            }
            try await dependencies.audit.append(
                AuditEntry(context, right: right, what: "\(what) \(version)", result: .done), in: connection)
            return CampaignV1.PutContactPolicyResponse(policy: CampaignV1.ContactPolicy(policy, version: version))
        }
    }

    /// Two persons who make the next version at the same moment: the second has to look at the first one's.
    private static func onlyVersion<Version>(_ put: () async throws -> Version) async throws -> Version {
        do {
            return try await put()
        } catch let error as PostgresError where error.isUniqueViolation {
            throw CampaignFailure.policyChangedMeanwhile
        }
    }

    func getContactPolicy(
        _ request: CampaignV1.GetContactPolicyRequest, context: CallContext
    ) async throws -> CampaignV1.GetContactPolicyResponse {
        try Gate.require(.readCampaigns, context, orMachines: Self.machines)
        let (version, policy) = try await read(context) { try await PolicyStorage.current(in: $0) }
        return CampaignV1.GetContactPolicyResponse(policy: CampaignV1.ContactPolicy(policy, version: version))
    }
}
