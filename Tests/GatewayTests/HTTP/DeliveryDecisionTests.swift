internal import Contracts
internal import RPC
internal import Synchronization
internal import Testing

@Suite("A person decides an unknown delivery")
struct DeliveryDecisionTests {
    /// What campaign was told.
    private final class Reports: Sendable {
        private let taken = Mutex<[CampaignV1.DeliveryReport]>([])

        var all: [CampaignV1.DeliveryReport] { taken.withLock { $0 } }
        func add(_ reports: [CampaignV1.DeliveryReport]) { taken.withLock { $0 += reports } }
    }

    private static func suite(_ reports: Reports, answering result: CommonV1.ItemResult) -> FakeSuite {
        var suite = FakeSuite()
        suite.on(CampaignV1.CampaignServiceMethods.reportDeliveries) { request, _ in
            reports.add(request.reports)
            return CampaignV1.ReportDeliveriesResponse(results: request.reports.map { _ in result })
        }
        return suite
    }

    private static let body = #"{"partition": 12, "fencing_token": 3, "outcome": "sent", "reason": "asked_at_channel"}"#

    @Test("the decision reaches campaign with partition and claim, as the person's own word")
    func decided() async throws {
        let reports = Reports()
        let suite = Self.suite(reports, answering: CommonV1.ItemResult(status: .accepted, customerID: 40))
        try await withGateway(suite) { gateway in
            let answer = try await gateway.send(.POST, "/v1/deliveries/77/decide", Self.body)
            #expect(answer.status == 200)
            #expect(try answer.member("status") == "accepted")
            let notSent = Self.body.replacing("\"sent\"", with: "\"not_sent\"")
            #expect(try await gateway.send(.POST, "/v1/deliveries/78/decide", notSent).status == 200)
        }
        #expect(
            reports.all == [
                CampaignV1.DeliveryReport(
                    deliveryID: 77, fencingToken: 3, outcome: .sent, reason: "asked_at_channel", partition: 12),
                CampaignV1.DeliveryReport(
                    deliveryID: 78, fencingToken: 3, outcome: .notReceived, reason: "asked_at_channel", partition: 12),
            ])
    }

    @Test("a delivery that has moved on answers 409 with what to do")
    func stale() async throws {
        let refusal = CommonV1.Refusal(code: "stale", reason: "The delivery has moved on: list it again.")
        let suite = Self.suite(Reports(), answering: CommonV1.ItemResult(status: .refused, refusal: refusal))
        try await withGateway(suite) { gateway in
            let answer = try await gateway.send(.POST, "/v1/deliveries/77/decide", Self.body)
            #expect(answer.status == 409)
            #expect(try answer.member("code") == "stale")
        }
    }

    @Test("an outcome that is no decision, content as the reason, or a person without the right is refused")
    func refused() async throws {
        let reports = Reports()
        let suite = Self.suite(reports, answering: CommonV1.ItemResult(status: .accepted))
        try await withGateway(suite) { gateway in
            let unknown = Self.body.replacing("\"sent\"", with: "\"unknown\"")
            let content = Self.body.replacing("asked_at_channel", with: "Mr Wang said 139 1234 5678")
            for body in [unknown, content, #"{"outcome": "sent"}"#] {
                #expect(try await gateway.send(.POST, "/v1/deliveries/77/decide", body).status == 400)
            }
            let analyst = try await gateway.mint.token { $0.roles = ["analyst"] }
            let denied = try await gateway.send(.POST, "/v1/deliveries/77/decide", Self.body, token: analyst)
            #expect(denied.status == 403)
        }
        #expect(reports.all.isEmpty)
    }
}
