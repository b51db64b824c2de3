internal import Contracts
internal import EventLog
internal import Foundation
internal import KPIService
internal import Logging
internal import Postgres
internal import RPC
internal import RPCInProcessTransport
internal import ServiceKit
internal import ServiceLifecycle
internal import TestSupport
internal import Testing

/// The kpi service over a campaign log that the test writes.
@Suite("Totals follow the campaign log")
struct FollowingTests {
    private static let start = Date(timeIntervalSince1970: 1_772_416_800)
    private static let analyst = CallOptions(
        timeout: .seconds(30), principal: Principal(user: "he", roles: ["analyst"], officePath: "/head/east/"))

    private struct Bed {
        var client: KPIV1.KPIServiceClient
        var campaign: PostgresPool
        var administrator: PostgresPool
        var consumer: Task<Void, any Error>
    }

    private static func make() async throws -> Bed {
        let database = try await TestPostgres.database()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let administrator = PostgresPool(database, logger: logger)
        try await Bootstrap.run(pool: administrator)
        let campaign = PostgresPool(database.connecting(as: "zhike_campaign"), logger: logger)
        let log =
            EventLogSchema.statements(schema: "campaign") + [
                "GRANT USAGE ON SCHEMA campaign TO zhike_kpi",
                "GRANT SELECT ON campaign.log, campaign.log_head TO zhike_kpi",
            ]
        try await Migrator.migrate(campaign, schema: "campaign", migrations: [Migration(name: "1", statements: log)])
        let owner = PostgresPool(database.connecting(as: "zhike_kpi"), logger: logger)
        try await Migrator.migrate(owner, schema: "kpi", migrations: KPISchema.migrations)
        let parts = kpiParts(
            KPIDependencies(
                pool: owner, requestPool: PostgresPool(database.connecting(as: "zhike_kpi_request"), logger: logger),
                clock: FixedBusinessClock(start, timeZone: .gmt), logger: logger))
        let services = parts.services
        let consumer = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for service in services { group.addTask { try await service.run() } }
                try await group.waitForAll()
            }
        }
        let channel = try InProcessChannel(router: parts.router ?? RPCRouter(), caller: "gateway")
        return Bed(
            client: KPIV1.KPIServiceClient(channel), campaign: campaign, administrator: administrator,
            consumer: consumer)
    }

    private static func cut(_ office: String, control: Bool) -> CampaignV1.Cut {
        CampaignV1.Cut(
            campaignID: 1, campaignName: "c", campaignVersion: 1, officePath: office,
            arm: control ? "held" : "contacted", control: control, wave: 1, channel: "sms",
            conversionWindowMicros: 86_400_000_000, currency: "CNY")
    }

    private static func entry(_ customer: Int64, _ kind: Int16, _ body: [UInt8], after seconds: Double = 0)
        -> NewLogEntry
    {
        NewLogEntry(
            customerID: customer, kind: kind, occurredAt: start.addingTimeInterval(seconds),
            recordedAt: start.addingTimeInterval(seconds), body: body)
    }

    /// 40 customers: each fourth is held, each fifth converts; half of them belong to the other branch.
    private static func entries() throws -> [NewLogEntry] {
        try (1...40).flatMap { (customer: Int64) -> [NewLogEntry] in
            let isHeld = customer % 4 == 0
            let cut = cut(customer % 2 == 0 ? "/head/east/" : "/head/west/", control: isHeld)
            var list = [
                isHeld
                    ? entry(customer, 2, try CampaignV1.Held(cut: cut).packed())
                    : entry(
                        customer, 1,
                        try CampaignV1.Contacted(cut: cut, dedupeKey: "k\(customer)", delivery: "sent").packed())
            ]
            if customer % 5 == 0 {
                let outcome = CampaignV1.Outcome(
                    cut: cut, eventType: "bought", eventID: "e\(customer)", valueMinor: 100)
                list.append(entry(customer, 3, try outcome.packed(), after: 3_600))
            }
            return list
        }
    }

    private static func write(_ entries: [NewLogEntry], _ bed: Bed) async throws -> CommonV1.LogPosition {
        let offsets = try await bed.campaign.transaction { connection in
            try await EventLogWriter(schema: "campaign").append(entries, in: connection)
        }
        return CommonV1.LogPosition(
            log: "campaign",
            offsets: zip(entries, offsets).map {
                CommonV1.PartitionOffset(partition: Int32($0.partition), offset: $1)
            })
    }

    @Test("an office sees its own customers, the day series adds up, and a recomputation finds no difference")
    func report() async throws {
        let bed = try await Self.make()
        let position = try await Self.write(try Self.entries(), bed)
        let reply = try await bed.client.getCampaignReport(
            KPIV1.GetCampaignReportRequest(campaignID: 1, after: [position]), options: Self.analyst)
        let report = try #require(reply.report)
        #expect(report.audience == 20)
        #expect(report.arms.map(\.customers) == [10, 10])
        #expect(report.arms.map(\.converted) == [2, 2])
        let days = try await bed.client.getDaySeries(
            KPIV1.GetDaySeriesRequest(campaignID: 1), options: Self.analyst
        ).days
        #expect(days.map(\.conversions).reduce(0, +) == 4)
        let verified = try await bed.client.verify(KPIV1.VerifyRequest(), options: Self.analyst)
        #expect(verified.differences.isEmpty && verified.entries == 48)
        bed.consumer.cancel()
    }

    @Test("a number that was tampered with is found and named")
    func tampering() async throws {
        let bed = try await Self.make()
        let position = try await Self.write(try Self.entries(), bed)
        _ = try await bed.client.getCampaignReport(
            KPIV1.GetCampaignReportRequest(campaignID: 1, after: [position]), options: Self.analyst)
        try await bed.administrator.execute(
            """
            UPDATE kpi.cell SET amount = amount + 1
            WHERE ctid = (SELECT min(ctid) FROM kpi.cell WHERE measure = 1)
            """)
        let verified = try await bed.client.verify(KPIV1.VerifyRequest(), options: Self.analyst)
        #expect(verified.differences.count == 1)
        #expect(verified.differences[0].stored == verified.differences[0].recomputed + 1)
        bed.consumer.cancel()
    }
}
