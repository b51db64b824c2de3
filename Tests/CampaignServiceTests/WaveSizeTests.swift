internal import CampaignService
internal import Contracts
internal import Postgres
internal import TestSupport
internal import Testing

/// A wave of the size that a bank plans. It asserts what was decided, and reports how long it took.
@Suite("a large wave", .enabled(if: TestTier.isLong))
struct WaveSizeTests {
    private static let customers = 50_000

    @Test("fifty thousand customers are decided once each, and a pause meanwhile is answered")
    func large() async throws {
        let bed = try await CampaignBed.make(snapshotPageSize: 2_000) {
            $0.pageSize = CampaignBounds().pageSize
            $0.lookInterval = CampaignBounds().lookInterval
        }
        let replica = try bed.replica()
        try await bed.policy(
            .init(caps: [.init(channel: "*", contacts: 3, windowMicros: 7 * 86_400_000_000)]), replica)
        let members = try await bed.addCustomers(Self.customers)
        let clock = ContinuousClock()
        try await replica.running {
            let started = clock.now
            let id = try await bed.start(bed.plan(members, controlBasisPoints: 2_000), replica)
            try await eventually("the audience", within: .seconds(120)) {
                try await bed.count("SELECT count(*) FROM campaign.audience_load WHERE is_complete") == 1
            }
            let loaded = clock.now
            try await eventually("some contacts") {
                try await bed.count("SELECT count(*) FROM campaign.contact") > 5_000
            }
            let asked = clock.now
            _ = try await replica.client.pauseCampaign(.init(campaignID: id), options: CampaignBed.options())
            let paused = clock.now
            _ = try await replica.client.startCampaign(.init(campaignID: id), options: CampaignBed.options())
            try await eventually("the wave", within: .seconds(120)) {
                try await bed.count(
                    "SELECT count(*) FROM campaign.wave_run WHERE finished_at IS NOT NULL") == 1
            }
            let planned = clock.now
            #expect(try await bed.campaign(id, replica).progress?.done == Int64(Self.customers))
            #expect(try await bed.count("SELECT count(*) FROM campaign.contact") == Int64(Self.customers))
            TestTier.report(
                """
                a wave of \(Self.customers): audience read in \(loaded - started), planned in \(planned - loaded), \
                a pause on the way answered in \(paused - asked)
                """)
        }
    }
}
