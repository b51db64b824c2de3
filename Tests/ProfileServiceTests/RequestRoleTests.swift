internal import Contracts
internal import Logging
internal import Postgres
internal import RPC
internal import Testing

@Suite("Who reads for a person")
struct RequestRoleTests {
    /// What tells nothing of a customer.
    private static let libraries: Set<String> = [
        "trait", "dictionary", "office", "published_trait", "published_dictionary",
    ]
    /// Behind the views: a scope opens them, and what the views show is narrower.
    private static let behindViews: Set<String> = ["customer_trait", "identity", "consent", "suppression", "log"]

    /// A customer of the east with something in every table.
    private static func bed() async throws -> ProfileBed {
        let bed = try await ProfileBed.make()
        _ = try await bed.client.defineTraits(
            ProfileV1.DefineTraitsRequest(traits: [CustomerTests.trait("age", .integer, .c1)]),
            options: ProfileBed.options())
        try await bed.identify(
            "1", office: "/head/east/", traits: [.init(name: "age", value: .integer(41))])
        _ = try await bed.client.setConsents(
            .init(customer: ProfileBed.reference("1"), consents: [.init(purpose: "m", channel: "sms", granted: true)]),
            options: ProfileBed.options())
        _ = try await bed.client.setSuppression(
            .init(customer: ProfileBed.reference("1"), suppressed: true, reason: "complaint"),
            options: ProfileBed.options())
        _ = try await bed.client.track(
            .init(events: [ProfileBed.event("e", of: "1")]), options: ProfileBed.options())
        return bed
    }

    /// Tables and views of customers that the role may read.
    private static func readable(_ role: String, _ bed: ProfileBed) async throws -> [String] {
        let rows = try await bed.administrator.query(
            """
            SELECT c.relname::text FROM pg_class c
            WHERE c.relnamespace = 'profile'::regnamespace AND c.relkind IN ('r', 'v', 'p')
                AND has_table_privilege(\(role), c.oid, 'SELECT')
            ORDER BY 1
            """)
        return try rows.map { try $0.decode(0, as: String.self) }.filter {
            !libraries.contains($0) && $0 != "idempotency"
        }
    }

    @Test(
        "sees nothing without an office, and through the views the office's customers alone",
        arguments: ["profile", "segmentation", "campaign", "kpi"])
    func scope(service: String) async throws {
        let bed = try await Self.bed()
        let role = "zhike_\(service)_request"
        let pool = PostgresPool(bed.database.connecting(as: role), logger: Logger(label: "test"))
        let names = try await Self.readable(role, bed)
        if service == "profile" {
            #expect(Set(names).isSuperset(of: Self.behindViews.union(["customer"])))
            #expect(names.count(where: { $0.hasPrefix("visible_") }) == 5)
        } else {
            #expect(names == ["customer", "customer_trait", "published_customer"])
        }
        for name in names {
            let table = "profile.\(name)"
            let none = try await pool.query("SELECT count(*) FROM \(path: table)")
            #expect(try none[0].decode(Int64.self) == 0, "\(name) without an office")
            for (office, isSeen) in [("/head/", true), ("/head/east/", true), ("/head/west/", false)] {
                let rows = try await pool.transaction(.init(officePath: office)) {
                    try await $0.query("SELECT count(*) FROM \(path: table)")
                }
                let seen = try rows[0].decode(Int64.self) > 0
                #expect(seen == (isSeen || Self.behindViews.contains(name)), "\(name) of \(office)")
            }
        }
        await pool.close()
    }
}
