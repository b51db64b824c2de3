internal import Contracts
internal import EventLog
internal import Foundation
internal import KPIDomain
internal import Postgres
internal import RPC
internal import ServiceKit
internal import TestSupport
internal import Testing

@testable internal import KPIService

@Suite("A report contains what it was asked to contain, or says that it cannot")
struct FreshnessTests {
    @Test("what is not counted within the deadline is told as such, and is no failure of the service")
    func late() async throws {
        let bed = try await KPIBed.make()
        var position = try await bed.write([try KPIBed.contacted(1, KPIBed.cut("/head/east/"))])
        position.offsets[0].offset += 1
        // Asked without a transport: a caller gives up at the same moment, and would not see what it is told.
        let (owner, days) = (bed.pool("zhike_kpi"), BusinessDay(timeZone: .gmt))
        let dependencies = KPIDependencies(
            pool: owner, requestPool: bed.pool("zhike_kpi_request"),
            clock: FixedBusinessClock(KPIBed.start, timeZone: .gmt), logger: owner.logger)
        let handler = KPIHandler(
            dependencies: dependencies, followers: KPIFollowers(dependencies, days),
            verification: Verification(pool: owner, consumer: KPIFollowers.name, days: days),
            activityVerification: ActivityVerification(pool: owner, consumer: KPIFollowers.name, days: days),
            days: days)
        let context = CallContext(
            method: "report", requestID: "r", deadline: .now + .milliseconds(100), caller: "gateway",
            principal: KPIBed.headOffice.principal)
        let request = KPIV1.GetCampaignReportRequest(campaignID: 1, after: [position])
        await #expect {
            try await handler.getCampaignReport(request, context: context)
        } throws: { error in
            (error as? any RPCErrorConvertible)?.rpcError.code == .deadlineExceeded
        }
        bed.consumer.cancel()
    }

    @Test("a position of a log that it is not counted from is refused, as is a partition that no log has")
    func foreignLog() async throws {
        let bed = try await KPIBed.make()
        let position = try await bed.write([try KPIBed.contacted(1, KPIBed.cut("/head/east/"))])
        let profile = CommonV1.LogPosition(log: "profile", offsets: [.init(partition: 0, offset: 0)])
        let report = await #expect(throws: RPCError.self) {
            try await bed.client.getCampaignReport(
                .init(campaignID: 1, after: [position, profile]), options: KPIBed.headOffice)
        }
        #expect(report?.code == .invalidArgument && report?.field == "after[1].log")
        let activity = await #expect(throws: RPCError.self) {
            try await bed.client.getActivity(.init(after: [profile, position]), options: KPIBed.headOffice)
        }
        #expect(activity?.code == .invalidArgument && activity?.field == "after[1].log")
        let beyond = CommonV1.LogPosition(log: "campaign", offsets: [.init(partition: 256, offset: 1)])
        let partition = await #expect(throws: RPCError.self) {
            try await bed.client.getDaySeries(.init(campaignID: 1, after: [beyond]), options: KPIBed.headOffice)
        }
        #expect(partition?.code == .invalidArgument && partition?.field == "after[0].offsets")
        bed.consumer.cancel()
    }

    @Test("beside a rebuild it waits until everything is counted again", arguments: ["campaign", "activity"])
    func besideRebuild(_ what: String) async throws {
        let bed = try await KPIBed.make()
        let contacts = try await bed.write(
            try (Int64(1)...100).map { try KPIBed.contacted($0, KPIBed.cut("/head/east/")) })
        let logins = try await bed.write(
            (Int64(1)...100).map {
                NewLogEntry(
                    customerID: $0, kind: 1, subject: "login", occurredAt: KPIBed.start, recordedAt: KPIBed.start)
            }, to: "profile")
        _ = try await bed.report(after: contacts)
        _ = try await bed.client.getActivity(.init(after: [logins]), options: KPIBed.headOffice)
        let (rebuilding, reading) = try await bed.administrator.transaction { holder in
            try await holder.execute("LOCK TABLE kpi.customer_office IN ACCESS SHARE MODE")
            let rebuilding = Task { try await bed.rebuild(upTo: contacts) }
            // It has gone back in the logs and emptied all tables but this one, and nobody sees that yet.
            try await eventually("the rebuild waits") { try await bed.waiters(for: ["kpi.customer_office"]) == 1 }
            let reading = Task {
                if what == "campaign" { return try await bed.report(after: contacts)?.audience }
                let activity = try await bed.client.getActivity(
                    .init(fromDay: "2026-03-02", toDay: "2026-03-02", after: [logins]), options: KPIBed.headOffice)
                return activity.counts.first?.amount
            }
            try await eventually("the reader waits") {
                try await bed.waiters(for: ["kpi.cell", "kpi.activity"]) == 1
            }
            return (rebuilding, reading)
        }
        try await rebuilding.value
        #expect(try await reading.value == 100)
        bed.consumer.cancel()
    }
}
