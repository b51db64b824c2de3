internal import Contracts
internal import EventLog
internal import Foundation
internal import KPIDomain
internal import Logging
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@testable internal import KPIService

@Suite("A recomputation says how things stand, whatever else goes on")
struct VerificationTests {
    private static let operations = CallOptions(
        timeout: .seconds(30), principal: Principal(user: "op", roles: ["operator"], officePath: "/"))

    /// Contacts and new customers, all counted.
    private static func counted(_ bed: KPIBed) async throws {
        let contacts = try await bed.write(
            try (1...100).map { try KPIBed.contacted($0, KPIBed.cut("/head/east/")) })
        let created = try (1...100).map { (customer: Int64) in
            KPIBed.entry(customer, 5, try ProfileV1.CustomerCreated(officePath: "/head/east/", manager: "m").packed())
        }
        let logged = try await bed.write(created, to: "profile")
        _ = try await bed.report(after: contacts)
        _ = try await bed.client.getActivity(.init(after: [logged]), options: KPIBed.headOffice)
    }

    private static func waiters(_ bed: KPIBed, for tables: [String]) async throws -> Int64 {
        try await bed.administrator.query(
            """
            SELECT count(*) FROM pg_locks
            WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND relation = ANY (\(tables)::regclass[])
            """)[0].decode(Int64.self)
    }

    @Test("beside a rebuild it finds no difference", arguments: ["campaigns", "activity"])
    func besideRebuild(_ what: String) async throws {
        let bed = try await KPIBed.make()
        try await Self.counted(bed)
        let owner = PostgresPool(bed.database.connecting(as: "zhike_kpi"), logger: Logger(label: "test"))
        let activity = ActivityVerification(pool: owner, consumer: "kpi", days: BusinessDay(timeZone: .gmt))
        let (rebuilding, verifying) = try await bed.administrator.transaction { holder in
            try await holder.execute("LOCK TABLE kpi.customer_office IN ACCESS SHARE MODE")
            let rebuilding = Task { try await bed.client.rebuild(.init(), options: Self.operations) }
            // It has gone back in the logs and emptied all tables but this one.
            try await eventually("the rebuild waits") {
                try await Self.waiters(bed, for: ["kpi.customer_office"]) == 1
            }
            let verifying = Task {
                guard what == "activity" else {
                    return try await bed.client.verify(.init(campaignID: 1), options: KPIBed.headOffice).differences
                }
                return try await activity.run(deadline: .now + .seconds(30)).differences.map(\.proto)
            }
            try await eventually("the recomputation waits") {
                try await Self.waiters(bed, for: ["kpi.cell", "kpi.activity"]) == 1
            }
            return (rebuilding, verifying)
        }
        _ = try await rebuilding.value
        #expect(try await verifying.value == [])
        await owner.close()
        bed.consumer.cancel()
    }
}
