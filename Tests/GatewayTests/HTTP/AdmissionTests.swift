internal import Contracts
internal import RPC
internal import Testing

@testable internal import GatewayService

@Suite("Admission of requests")
struct AdmissionTests {
    @Test("the limit of requests at the same time refuses at once and lets in again")
    func limit() throws {
        let admission = AdmissionControl(limit: 1)
        try admission.enter()
        #expect(throws: Problem.self) { try admission.look() }
        #expect(throws: Problem.self) { try admission.enter() }
        admission.leave()
        try admission.look()
        try admission.enter()
    }

    @Test("requests that may take long fill a quarter, and quick ones the whole")
    func share() throws {
        let admission = AdmissionControl(limit: 8)
        for _ in 0..<2 { try admission.enter(isSlow: true) }
        #expect(throws: Problem.self) { try admission.look(isSlow: true) }
        #expect(throws: Problem.self) { try admission.enter(isSlow: true) }
        for _ in 0..<6 { try admission.enter() }
        #expect(throws: Problem.self) { try admission.enter() }
        admission.leave(isSlow: true)
        try admission.enter(isSlow: true)
    }

    @Test("events come in while a suite service hangs over all the long requests that it is sent")
    func hung() async throws {
        let (counts, counted) = AsyncStream.makeStream(of: Void.self)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        var suite = FakeSuite()
        suite.on(SegmentationV1.SegmentationServiceMethods.count) { _, _ in
            counted.yield()
            for await _ in ends {}
            return SegmentationV1.CountResponse()
        }
        suite.on(ProfileV1.ProfileServiceMethods.track) { request, _ in
            ProfileV1.TrackResponse(results: request.events.map { _ in CommonV1.ItemResult(status: .accepted) })
        }
        try await withGateway(suite, .test { $0.requestLimit = 4 }) { gateway in
            async let first = gateway.send(.GET, "/v1/segments/1/count")
            #expect(await counts.first { _ in true } != nil)
            let refused = try await gateway.send(.GET, "/v1/segments/1/count")
            #expect(refused.status == 429)
            #expect(refused.headers.first(name: "Retry-After") == "1")
            let event = """
                {"event_id": "a", "customer": {"customer_id": 1}, "type": "a", "occurred_at": "2026-03-02T02:00:00Z"}
                """
            #expect(try await gateway.send(.POST, "/v1/track", event).status == 200)
            end.finish()
            #expect(try await first.status == 200)
        }
    }

    @Test("a body that trickles in keeps nobody out")
    func trickling() async throws {
        var suite = FakeSuite()
        suite.on(SegmentationV1.SegmentationServiceMethods.listSegments) { _, _ in
            SegmentationV1.ListSegmentsResponse()
        }
        try await withGateway(suite, .test { $0.requestLimit = 1 }) { gateway in
            try await gateway.withPeer { peer in
                try await peer.send(
                    "POST /v1/track HTTP/1.1\r\nhost: a\r\nauthorization: Bearer \(gateway.token)\r\n"
                        + "content-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n{")
                _ = await peer.read { $0.hasSuffix("\r\n\r\n") }
                for _ in 0..<20 { #expect(try await gateway.send(.GET, "/v1/segments").status == 200) }
            }
        }
    }
}
