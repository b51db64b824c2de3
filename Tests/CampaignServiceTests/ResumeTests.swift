internal import Contracts
internal import Foundation
internal import Postgres
internal import TestSupport
internal import Testing

@testable internal import CampaignService

@Suite("planners that die, stand still or meet")
struct ResumeTests {
    /// One decision and one log entry for every customer of the audience; nobody is left out, nobody counted twice.
    private func expectWhole(_ bed: CampaignBed, _ replica: Replica, _ id: Int64, customers: Int64) async throws {
        let campaign = try await bed.campaign(id, replica)
        #expect(campaign.progress?.total == customers && campaign.progress?.done == customers)
        #expect(try await bed.count("SELECT count(*) FROM campaign.contact") == customers)
        let held = try await bed.count("SELECT count(*) FROM campaign.contact WHERE state = 'held'")
        let refused = try await bed.count("SELECT count(*) FROM campaign.contact WHERE state = 'refused'")
        #expect(Int64(try await bed.entries(EntryKind.held).count) == held)
        #expect(Int64(try await bed.entries(EntryKind.refused).count) == refused)
        #expect(held > 0 && refused > 0)
    }

    @Test("killed anywhere, the planner goes on exactly where it was")
    func killed() async throws {
        var generator = SeededGenerator("planner kills")
        let bed = try await CampaignBed.make(pageSize: 3) { $0.plannerLease = .seconds(1) }
        let first = try bed.replica()
        let members =
            try await bed.addCustomers(500) + bed.addCustomers(100, from: 1_001, consent: nil)
        let id = try await bed.start(
            bed.plan(members.sorted { $0.customerID < $1.customerID }, controlBasisPoints: 2_000), first)
        let rounds = TestTier.rounds(short: 10, long: 60)
        for _ in 0..<rounds {
            let replica = try bed.replica()
            let loaded = try await bed.count("SELECT count(*) FROM campaign.audience")
            let decided = try await bed.count("SELECT count(*) FROM campaign.contact")
            let step = Int64.random(in: 1...(1_200 / Int64(rounds)), using: &generator)
            try await replica.running {
                // Dies as soon as it got a little further, in whatever transaction it is then.
                try await eventually("some progress") {
                    let now = try await bed.count("SELECT count(*) FROM campaign.audience")
                    let contacts = try await bed.count("SELECT count(*) FROM campaign.contact")
                    return now + contacts >= min(1_200, loaded + decided + step)
                }
            }
        }
        let last = try bed.replica()
        try await last.running {
            try await eventually("the end of the wave") { try await bed.campaign(id, last).progress?.done == 600 }
        }
        try await expectWhole(bed, last, id, customers: 600)
    }

    @Test("several replicas at once plan as one")
    func together() async throws {
        let bed = try await CampaignBed.make(pageSize: 5)
        let replicas = try (0..<3).map { _ in try bed.replica() }
        let members = try await bed.addCustomers(300) + bed.addCustomers(60, from: 1_001, consent: nil)
        let id = try await bed.start(bed.plan(members, controlBasisPoints: 2_000), replicas[0])
        try await replicas[0].running {
            try await replicas[1].running {
                try await replicas[2].running {
                    try await eventually("the end of the wave") {
                        try await bed.campaign(id, replicas[0]).progress?.done == 360
                    }
                }
            }
        }
        try await expectWhole(bed, replicas[0], id, customers: 360)
    }

    @Test("a planner whose lease another has taken writes nothing more")
    func fenced() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let id = try await bed.start(bed.plan(try await bed.addCustomers(10)), replica)
        let campaign = try #require(
            try await bed.pool.withConnection { try await CampaignBook().read(in: $0) }.campaigns[id])
        let audiences = AudienceLoader(pool: bed.pool, snapshots: SnapshotReader(try bed.segmentation.caller()))
        let waves = WaveRunner(
            pool: bed.pool, clock: bed.clock, reservation: ContactReservation(timeZone: bed.clock.timeZone),
            bounds: bed.bounds
        ) { _ in }
        func takeLease(_ owner: String) async throws -> Int64? {
            try await PlannerLeaseStorage.take(owner: owner, now: Date(), lease: .seconds(60), pool: bed.pool)
        }
        let old = try #require(try await takeLease("old"))
        #expect(try await takeLease("new") == nil)
        try await PlannerLeaseStorage.release(owner: "old", now: Date() - 1, pool: bed.pool)
        let new = try #require(try await takeLease("new"))
        #expect(new > old)
        await #expect(throws: CampaignFailure.self) { try await audiences.loadPage(of: campaign, fencingToken: old) }
        #expect(try await audiences.loadPage(of: campaign, fencingToken: new))
        await #expect(throws: CampaignFailure.self) { try await waves.runDue(of: campaign, fencingToken: old) }

        try await bed.pool.transaction {
            try await WaveStorage.open(1, of: id, at: CampaignBed.start, fencingToken: new, in: $0)
        }
        _ = try await waves.runDue(of: campaign, fencingToken: old)
        #expect(try await bed.count("SELECT count(*) FROM campaign.contact") == 0)
        _ = try await waves.runDue(of: campaign, fencingToken: new)
        #expect(try await bed.count("SELECT count(*) FROM campaign.contact") == 10)
    }
}
