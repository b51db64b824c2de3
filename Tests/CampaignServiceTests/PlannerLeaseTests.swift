internal import Contracts
internal import Foundation
internal import Postgres
internal import TestSupport
internal import Testing

@testable internal import CampaignService

@Suite("the lease of the planner")
struct PlannerLeaseTests {
    /// Makes the database note each renewal of the lease and each page of an audience, in order.
    private static func note(_ bed: CampaignBed) async throws {
        try await bed.administrator.execute("CREATE TABLE public.noted (place bigserial, what text)")
        try await bed.administrator.execute(
            """
            CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                INSERT INTO public.noted (what) VALUES (TG_TABLE_NAME);
                RETURN NULL;
            END
            $$
            """)
        try await bed.administrator.execute(
            "CREATE TRIGGER note AFTER UPDATE ON campaign.planner_lease EXECUTE FUNCTION public.note()")
        // An insert that becomes an update is noted as an insert too.
        try await bed.administrator.execute(
            "CREATE TRIGGER note AFTER INSERT ON campaign.audience_load EXECUTE FUNCTION public.note()")
    }

    @Test("is prolonged before each campaign, however many there are")
    func prolonged() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let members = try await bed.addCustomers(3)
        for _ in 0..<5 { _ = try await bed.start(bed.plan(members), replica) }
        try await Self.note(bed)
        try await replica.running {
            try await eventually("the audiences") {
                try await bed.count("SELECT count(*) FROM campaign.audience_load WHERE is_complete") == 5
            }
        }
        let noted = try await bed.administrator.query("SELECT what FROM public.noted ORDER BY place")
            .map { try $0.decode(0, as: String.self) }
        #expect(noted.count { $0 == "audience_load" } == 5)
        #expect(!zip(noted, noted.dropFirst()).contains { $0 == "audience_load" && $1 == "audience_load" })
    }

    @Test("of a holder whose clock went wrong and who is dead keeps nobody out")
    func wrongClock() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let taken = try await PlannerLeaseStorage.take(
            owner: "dead", now: Date() + 3_600, lease: bed.bounds.plannerLease, pool: bed.pool)
        #expect(taken != nil)
        try await replica.running { _ = try await bed.planned(3, replica) }
    }
}
