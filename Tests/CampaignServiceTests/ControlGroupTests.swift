internal import Contracts
internal import Postgres
internal import TestSupport
internal import Testing

@Suite("the control group of an audience")
struct ControlGroupTests {
    /// Made with Python's hashlib: of N1 to N100 those whose SHA-256 of "salt:number", first 8 bytes big-endian modulo
    /// 10,000, is below 2,000.
    private static let held = [
        "N5", "N13", "N15", "N18", "N22", "N31", "N33", "N38", "N40", "N47", "N52", "N58", "N63", "N71", "N73", "N91",
        "N93", "N98",
    ]

    @Test("is the one that anybody computes from salt and customer numbers, in every wave")
    func fixed() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        var plan = bed.plan(try await bed.addCustomers(100), controlBasisPoints: 2_000)
        plan.waves.append(.init(number: 2, channel: "push"))
        try await replica.running { [plan] in
            _ = try await bed.start(plan, replica)
            try await eventually("both waves") {
                try await bed.count("SELECT count(*) FROM campaign.wave_run WHERE finished_at IS NOT NULL") == 2
            }
        }
        for wave in [Int32(1), 2] {
            let numbers = try await bed.administrator.query(
                """
                SELECT a.customer_number FROM campaign.contact t
                JOIN campaign.audience a USING (partition, campaign_id, customer_id)
                WHERE t.wave = \(wave) AND t.state = 'held'
                """
            ).map { try $0.decode(0, as: String.self) }
            #expect(Set(numbers) == Set(Self.held) && numbers.count == Self.held.count)
        }
    }
}
