internal import Contracts
internal import RPC
internal import Testing

@Suite("Refusals of suite services")
struct RefusalTests {
    @Test("a page that was never given out is not found, under the name that the parameter has outside")
    func cursor() async throws {
        var suite = FakeSuite()
        suite.on(SegmentationV1.SegmentationServiceMethods.listSegments) { _, _ in
            throw RPCError(.invalidArgument, "Send the page cursor as it was given.", field: "page_cursor")
        }
        try await withGateway(suite) { gateway in
            let answer = try await gateway.send(.GET, "/v1/segments?cursor=0")
            #expect(answer.status == 404)
            #expect(try answer.member("code") == "no_such_page")
            #expect(try answer.member("field") == "cursor")
        }
    }

    @Test("a key that was used for another request is a conflict")
    func key() async throws {
        var suite = FakeSuite()
        suite.on(ProfileV1.ProfileServiceMethods.track) { _, _ in
            throw RPCError(.invalidArgument, "This idempotency key was used.", field: "idempotency_key")
        }
        try await withGateway(suite) { gateway in
            let event = """
                {"event_id": "a", "customer": {"customer_id": 1}, "type": "a", "occurred_at": "2026-03-02T02:00:00Z"}
                """
            let answer = try await gateway.send(.POST, "/v1/track", event)
            #expect(answer.status == 409)
            #expect(try answer.member("code") == "idempotency_key_reused")
            #expect(try answer.member("field") == "Idempotency-Key")
        }
    }

    @Test("a key that is none is refused")
    func noKey() async throws {
        try await withGateway(FakeSuite()) { gateway in
            for key in ["two words", String(repeating: "k", count: 129)] {
                let answer = try await gateway.send(.POST, "/v1/track", "{}", headers: [("Idempotency-Key", key)])
                #expect(answer.status == 400)
                #expect(try answer.member("field") == "Idempotency-Key")
            }
        }
    }

    @Test("what profile would refuse of an identity is refused here, as the document says")
    func identity() async throws {
        try await withGateway(FakeSuite()) { gateway in
            for value in [" 1", "1 ", "a\\u0007", "", String(repeating: "0", count: 129)] {
                let event = """
                    {"event_id": "a", "customer": {"kind": "customer_number", "value": "\(value)"}, "type": "a",
                    "occurred_at": "2026-03-02T02:00:00Z"}
                    """
                let answer = try await gateway.send(.POST, "/v1/track", event)
                #expect(answer.status == 400)
                #expect(try answer.member("field") == "customer.value")
            }
        }
    }

    @Test("the reason of a reveal is a code, so that no personal data comes into the audit log by it")
    func revealReason() async throws {
        var suite = FakeSuite()
        suite.on(ProfileV1.ProfileServiceMethods.getCustomer) { request, _ in
            #expect(request.reveal && request.revealReason == "call_back")
            return ProfileV1.GetCustomerResponse(customer: ProfileV1.Customer(customerID: 1))
        }
        try await withGateway(suite) { gateway in
            for reason in ["call%20back", "13900001111", "%E5%9B%9E%E7%94%B5", String(repeating: "a", count: 33)] {
                let answer = try await gateway.send(.GET, "/v1/customers/1?reveal_reason=\(reason)")
                #expect(answer.status == 400)
                #expect(try answer.member("field") == "reveal_reason")
            }
            #expect(try await gateway.send(.GET, "/v1/customers/1?reveal_reason=call_back").status == 200)
        }
    }

    @Test("an offer's text holds no control characters that would rewrite what a checker reads")
    func offerText() async throws {
        var suite = FakeSuite()
        suite.on(CampaignV1.CampaignServiceMethods.putOffer) { _, _ in CampaignV1.PutOfferResponse() }
        try await withGateway(suite) { gateway in
            func put(_ text: String) async throws -> Int {
                try await gateway.send(
                    .PUT, "/v1/offers/gold", #"{"product_code": "a", "title": "A", "text": "\#(text)"}"#
                ).status
            }
            for text in [#"a\u001b[2K"#, #"a\rb"#, #"a\u007f"#, #"a\u009b1A"#] {
                let status = try await put(text)
                #expect(status == 400)
            }
            let status = try await put(#"two\n\tlines"#)
            #expect(status == 200)
        }
    }

    @Test("the one moment that would be taken for none is refused, and no consent becomes endless by it")
    func epoch() async throws {
        var suite = FakeSuite()
        suite.on(ProfileV1.ProfileServiceMethods.setConsents) { request, _ in
            #expect(request.consents.map(\.validUntilMicros) == [-1_000_000])
            #expect(request.consents.map(\.validFromMicros) == [0])
            return ProfileV1.SetConsentsResponse(customerID: 1)
        }
        try await withGateway(suite) { gateway in
            func set(_ member: String, _ moment: String) async throws -> Answer {
                try await gateway.send(
                    .POST, "/v1/consents",
                    """
                    {"customer": {"customer_id": 1}, "consents": [{"purpose": "marketing", "channel": "*",
                    "granted": true, "\(member)": "\(moment)"}]}
                    """)
            }
            for member in ["valid_from", "valid_until"] {
                for moment in ["1970-01-01T00:00:00Z", "1970-01-01T08:00:00.0000001+08:00"] {
                    let answer = try await set(member, moment)
                    #expect(answer.status == 400)
                    #expect(try answer.member("field") == "consents[0].\(member)")
                }
            }
            #expect(try await set("valid_until", "1969-12-31T23:59:59Z").status == 200)
            let plan = """
                {"name": "a", "offer_code": "a", "purpose": "marketing", "snapshot_id": 1, "control_basis_points": 0,
                "conversion_event_type": "a", "conversion_window_seconds": 60,
                "waves": [{"number": 1, "channel": "sms", "starts_at": "1970-01-01T00:00:00Z"}]}
                """
            let wave = try await gateway.send(.POST, "/v1/campaigns", plan)
            #expect(wave.status == 400)
            #expect(try wave.member("field") == "waves[0].starts_at")
        }
    }
}
