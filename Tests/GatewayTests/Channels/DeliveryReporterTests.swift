internal import Contracts
internal import Logging
internal import RPC
internal import Synchronization
internal import Testing

@testable internal import GatewayService

@Suite("Reports on deliveries")
struct DeliveryReporterTests {
    private final class Taken: Sendable {
        let reports = Mutex<[CampaignV1.DeliveryReport]>([])
    }

    @Test("what was not posted is given back as such, and what the channel did not take is not")
    func givenBack() async throws {
        let taken = Taken()
        var suite = FakeSuite()
        suite.on(CampaignV1.CampaignServiceMethods.reportDeliveries) { request, _ in
            taken.reports.withLock { $0 += request.reports }
            return CampaignV1.ReportDeliveriesResponse(results: request.reports.map { _ in .init(status: .accepted) })
        }
        let reporter = DeliveryReporter(
            try suite.clients().campaign, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let delivery = CampaignV1.Delivery(deliveryID: 5, fencingToken: 2, partition: 3)
        reporter.giveBack(delivery, reason: "stopping")
        reporter.report(delivery, .postAgain(reason: "http_503", afterMilliseconds: 86_400_000))
        reporter.finish()
        await reporter.run()
        #expect(
            taken.reports.withLock { $0 } == [
                .init(deliveryID: 5, fencingToken: 2, outcome: .notPosted, reason: "stopping", partition: 3),
                .init(
                    deliveryID: 5, fencingToken: 2, outcome: .notTaken, reason: "http_503",
                    retryAfterMilliseconds: 86_400_000, partition: 3),
            ])
    }
}
