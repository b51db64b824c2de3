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

    /// Contacts and new customers, all counted; also such a contact as a recomputation looks at first.
    private static func counted(_ bed: KPIBed) async throws {
        let first = try #require((Int64(101)...).first { LogPartition.of(customerID: $0) == 0 })
        let contacts = try await bed.write(
            try (Array(1...100) + [first]).map { try KPIBed.contacted($0, KPIBed.cut("/head/east/")) })
        let created = try (1...100).map { (customer: Int64) in
            KPIBed.entry(customer, 5, try ProfileV1.CustomerCreated(officePath: "/head/east/", manager: "m").packed())
        }
        let logged = try await bed.write(created, to: "profile")
        _ = try await bed.report(after: contacts)
        _ = try await bed.client.getActivity(.init(after: [logged]), options: KPIBed.headOffice)
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
                try await bed.waiters(for: ["kpi.customer_office"]) == 1
            }
            let verifying = Task {
                guard what == "activity" else {
                    return try await bed.client.verify(.init(campaignID: 1), options: KPIBed.headOffice).differences
                }
                return try await activity.run(deadline: .now + .seconds(30)).differences.map(\.proto)
            }
            try await eventually("the recomputation waits") {
                try await bed.waiters(for: ["kpi.cell", "kpi.activity"]) == 1
            }
            return (rebuilding, verifying)
        }
        _ = try await rebuilding.value
        #expect(try await verifying.value == [])
        await owner.close()
        bed.consumer.cancel()
    }

    @Test("it tells how many differences there are, shows the first thousand, and of each kind some")
    func manyDifferences() async throws {
        let bed = try await KPIBed.make()
        try await Self.counted(bed)
        try await bed.administrator.execute(
            """
            INSERT INTO kpi.cell (partition, campaign_id, office_path, day, arm, is_control, measure, reason, amount)
            SELECT n % 256, 9, '/head/', 'day ' || n, 'a', false, 1, '', 1 FROM generate_series(1, 1500) AS n
            """)
        try await bed.administrator.execute(
            """
            INSERT INTO kpi.activity (office_path, day, measure, subject, amount)
            SELECT '/head/', 'day ' || n, 2, 'login', 1 FROM generate_series(1, 300) AS n
            """)
        let unreadable = try await bed.write([KPIBed.entry(7, 5, [0xFF, 0xFF])], to: "profile")
        _ = try await bed.client.getActivity(.init(after: [unreadable]), options: KPIBed.headOffice)
        let verified = try await bed.verify()
        #expect(verified.differenceCount == 1_801)
        #expect(verified.differences.count == 1_000)
        let kinds = Dictionary(grouping: verified.differences) { $0.cell.prefix { $0 != " " && $0 != "," } }
        #expect(kinds.mapValues(\.count) == ["entries": 1, "activity": 300, "campaign": 699])
        // A campaign that only cells name is known, and nothing of the others stands in its answer.
        let one = try await bed.client.verify(.init(campaignID: 9), options: KPIBed.headOffice)
        #expect(one.differenceCount == 1_500 && one.differences.count == 1_000)
        bed.consumer.cancel()
    }

    @Test(
        "each kind has half of the room, and what one leaves free is the other's",
        arguments: [(0, 0, 0, 0), (2_000, 2_000, 500, 500), (10, 2_000, 10, 990), (2_000, 10, 990, 10)])
    func room(_ cells: Int, _ activity: Int, _ shownCells: Int, _ shownActivity: Int) {
        func differences(_ name: String, _ count: Int) -> [KPIV1.Difference] {
            Array(repeating: KPIV1.Difference(cell: name), count: count)
        }
        let all = ShownDifferences(
            cells: differences("cell", cells), activity: differences("activity", activity))
        #expect(all.count == cells + activity)
        #expect(all.shown.count { $0.cell == "cell" } == shownCells)
        #expect(all.shown.count { $0.cell == "activity" } == shownActivity)
    }

    @Test("a campaign that neither an entry nor a cell names is not found, and no campaign without differences")
    func unknownCampaign() async throws {
        let bed = try await KPIBed.make()
        try await Self.counted(bed)
        let failure = await #expect(throws: RPCError.self) {
            try await bed.client.verify(.init(campaignID: 999), options: KPIBed.headOffice)
        }
        #expect(failure?.code == .notFound && failure?.field == "campaign_id")
        let known = try await bed.client.verify(.init(campaignID: 1), options: KPIBed.headOffice)
        #expect(known.differenceCount == 0 && known.cells > 0)
        bed.consumer.cancel()
    }
}
