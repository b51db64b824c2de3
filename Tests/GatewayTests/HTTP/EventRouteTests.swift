internal import Contracts
internal import RPC
internal import Synchronization
internal import Testing

@Suite("Events and outcomes over HTTP")
struct EventRouteTests {
    /// A profile that accepts every event and keeps what it got.
    private final class Profile: Sendable {
        let events = Mutex<[ProfileV1.Event]>([])
        let contexts = Mutex<[CallContext]>([])

        func suite() -> FakeSuite {
            var suite = FakeSuite()
            suite.on(ProfileV1.ProfileServiceMethods.track) { request, context in
                self.events.withLock { $0 += request.events }
                self.contexts.withLock { $0.append(context) }
                let results = request.events.enumerated().map { index, event in
                    event.type == "nobodys"
                        ? CommonV1.ItemResult(
                            status: .refused,
                            refusal: CommonV1.Refusal(
                                field: "events[\(index)].customer", code: "unknown_customer", reason: "Identify first.")
                        )
                        : event.type == "refuse.me"
                            ? CommonV1.ItemResult(
                                status: .refused,
                                refusal: CommonV1.Refusal(
                                    field: "events[\(index)].type", code: "unknown_type", reason: "Declare the type."))
                            : CommonV1.ItemResult(status: .accepted, customerID: Int64(index + 1))
                }
                return ProfileV1.TrackResponse(
                    results: results,
                    position: CommonV1.LogPosition(
                        log: "profile", offsets: [CommonV1.PartitionOffset(partition: 3, offset: 9)]))
            }
            return suite
        }
    }

    private static func event(_ id: String, type: String = "app.login", more: String = "") -> String {
        """
        {"event_id": "\(id)", "customer": {"kind": "customer_number", "value": "40017"}, "type": "\(type)",
        "occurred_at": "2026-03-02T09:30:00+08:00"\(more)}
        """
    }

    @Test("one event alone is stored with its properties as they were sent")
    func single() async throws {
        let profile = Profile()
        try await withGateway(profile.suite()) { gateway in
            let answer = try await gateway.send(
                .POST, "/v1/track", Self.event("e1", more: #", "properties": {"page": "funds", "n": [1, 2.5e3]}"#))
            #expect(answer.status == 200)
            #expect(
                answer.text
                    == #"{"results":[{"status":"accepted","customer_id":1}],"position":{"log":"profile","offsets":[{"partition":3,"offset":9}]}}"#
            )
        }
        let event = try #require(profile.events.withLock { $0.first })
        #expect(event.eventID == "e1")
        #expect(event.propertiesJSON == #"{"page": "funds", "n": [1, 2.5e3]}"#)
        #expect(event.occurredAtMicros == 1_772_415_000_000_000)
        #expect(event.customer?.by == .identity(CommonV1.Identity(kind: "customer_number", value: "40017")))
    }

    @Test("a batch is answered item by item, and a faulty item does not stop the others")
    func batch() async throws {
        let profile = Profile()
        try await withGateway(profile.suite()) { gateway in
            let items = [
                Self.event("e1"), Self.event("e2", more: #", "colour": 1"#), Self.event("e3", type: "refuse.me"),
            ]
            let answer = try await gateway.send(
                .POST, "/v1/track", #"{"events": [\#(items.joined(separator: ","))]}"#)
            #expect(answer.status == 200)
            let results = try #require(try answer.json["results"] as? [[String: Any]])
            #expect(results.map { $0["status"] as? String } == ["accepted", "refused", "refused"])
            let fields = results.map { ($0["refusal"] as? [String: Any])?["field"] as? String }
            #expect(fields == [nil, "events[1].colour", "events[2].type"])
        }
        #expect(profile.events.withLock { $0.map(\.eventID) } == ["e1", "e3"])
    }

    @Test("a single event that is refused is answered as a problem that names the field")
    func singleRefused() async throws {
        try await withGateway(Profile().suite()) { gateway in
            let answer = try await gateway.send(.POST, "/v1/track", Self.event("e1", type: "refuse.me"))
            #expect(answer.status == 422)
            #expect(answer.headers.first(name: "Content-Type") == "application/problem+json")
            #expect(try answer.member("field") == "type")
            #expect(try answer.member("code") == "unknown_type")
        }
    }

    @Test("a single event of an unknown customer is answered as not found")
    func singleOfNobody() async throws {
        try await withGateway(Profile().suite()) { gateway in
            let answer = try await gateway.send(.POST, "/v1/track", Self.event("e1", type: "nobodys"))
            #expect(answer.status == 404)
            #expect(try answer.member("field") == "customer")
            #expect(try answer.member("code") == "unknown_customer")
        }
    }

    @Test(
        "what is no event is refused, and the field is named",
        arguments: [
            (#"{"event_id": "e", "event_id": "f"}"#, "event_id", "duplicate_key"),
            (#"{"event_id": "e"}"#, "customer", "missing_field"),
            (#"{"event_id": 5}"#, "event_id", "wrong_type"),
            (#"{"event_id": "\u0000"}"#, "event_id", "json_encoding"),
            (#"{"events": []}"#, "events", "out_of_range"),
            (#"{"events": [{"a": 1, "a": 2}]}"#, "events[0].a", "duplicate_key"),
            (#"{"events": [5]}"#, "events[0]", "wrong_type"),
            (#"{"events"#, nil, "json_syntax"),
        ] as [(String, String?, String)])
    func refused(body: String, field: String?, code: String) async throws {
        try await withGateway(Profile().suite()) { gateway in
            let answer = try await gateway.send(.POST, "/v1/track", body)
            #expect(answer.status == 400)
            #expect(try answer.member("field") == field)
            #expect(try answer.member("code") == code)
        }
    }

    @Test("an outcome is an event whose value stands among the properties")
    func outcome() async throws {
        let profile = Profile()
        try await withGateway(profile.suite()) { gateway in
            let body = """
                {"outcomes": [{"event_id": "o1", "customer": {"customer_id": 7}, "type": "deposit.opened",
                "occurred_at": "2026-03-02T01:30:00Z", "value_minor": 12500, "currency": "CNY"}]}
                """
            let answer = try await gateway.send(.POST, "/v1/outcomes", body)
            #expect(answer.status == 200)
        }
        let event = try #require(profile.events.withLock { $0.first })
        #expect(event.propertiesJSON == #"{"value_minor":12500,"currency":"CNY"}"#)
        #expect(event.customer?.by == .customerID(7))
    }

    @Test(
        "a value beyond ten trillion of the currency is refused, and the field is named",
        arguments: ["1000000000000001", "-1000000000000001", "8000000000000000000", "-9223372036854775808"])
    func valueBeyondBound(value: String) async throws {
        let profile = Profile()
        try await withGateway(profile.suite()) { gateway in
            func outcome(_ id: String, _ value: String) -> String {
                """
                {"event_id": "\(id)", "customer": {"customer_id": 7}, "type": "deposit.opened",
                "occurred_at": "2026-03-02T01:30:00Z", "value_minor": \(value), "currency": "CNY"}
                """
            }
            let items = [outcome("o1", value), outcome("o2", "1000000000000000")]
            let answer = try await gateway.send(
                .POST, "/v1/outcomes", #"{"outcomes": [\#(items.joined(separator: ","))]}"#)
            let results = try #require(try answer.json["results"] as? [[String: Any]])
            #expect(results.map { $0["status"] as? String } == ["refused", "accepted"])
            let refusal = try #require(results[0]["refusal"] as? [String: Any])
            #expect(refusal["field"] as? String == "outcomes[0].value_minor")
            #expect(
                refusal["reason"] as? String == "Send a number from -1000000000000000 to 1000000000000000.")
        }
        #expect(profile.events.withLock { $0.map(\.eventID) } == ["o2"])
    }

    @Test("person, idempotency key and trace reach the suite service")
    func context() async throws {
        let profile = Profile()
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        try await withGateway(profile.suite()) { gateway in
            let answer = try await gateway.send(
                .POST, "/v1/track", Self.event("e1"), headers: [("Idempotency-Key", "k-1"), ("traceparent", trace)])
            let sent = try #require(answer.headers.first(name: "traceparent"))
            #expect(sent.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-"))
            #expect(sent != trace)
        }
        let context = try #require(profile.contexts.withLock { $0.first })
        #expect(context.idempotencyKey == "clerk-7/k-1")
        #expect(context.principal?.user == "clerk-7")
        #expect(context.principal?.officePath == "/head/")
        #expect(context.trace.traceID == "0af7651916cd43dd8448eb211c80319c")
    }

    @Test("events without a key of their sender reach profile without one")
    func withoutKey() async throws {
        let profile = Profile()
        try await withGateway(profile.suite()) { gateway in
            _ = try await gateway.send(.POST, "/v1/track", Self.event("e1"))
        }
        let context = try #require(profile.contexts.withLock { $0.first })
        #expect(context.idempotencyKey == nil)
    }
}
