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
}
