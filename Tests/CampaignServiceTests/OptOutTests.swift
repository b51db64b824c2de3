internal import CampaignDomain
internal import Contracts
internal import EmbeddedPostgres
internal import EventLog
internal import Foundation
internal import Logging
internal import Postgres
internal import ServiceKit
internal import Synchronization
internal import TestSupport
internal import Testing

@testable internal import CampaignService

/// Nobody is contacted after an acknowledged opt-out. A server of its own notes when each transaction was committed,
/// and that is what the checker compares: no decision to contact may be committed after the customer's opt-out was.
@Suite("opt-outs that meet a contact")
struct OptOutTests {
    /// Who has not opted out to the last of its quarter.
    private final class Left: Sendable {
        let quarters = Mutex(4)
    }

    private static let customers = TestTier.rounds(short: 50, long: 1_000)

    private func withBed(_ body: (CampaignBed, Replica) async throws -> Void) async throws {
        let server = try await EmbeddedPostgres.start(
            isDurable: false, settings: ["track_commit_timestamp": "on"])
        do {
            let administrator = PostgresPool(
                try PostgresConfiguration(parsing: server.connectionURL(database: "postgres")),
                logger: .init(label: "t"))
            try await Bootstrap.createDatabase("zhike", pool: administrator)
            await administrator.close()
            let database = try PostgresConfiguration(parsing: server.connectionURL(database: "zhike"))
            let suite = PostgresPool(database, logger: .init(label: "t"))
            try await Bootstrap.run(pool: suite)
            await suite.close()
            let bed = try await CampaignBed.make(database: database)
            try await body(bed, try bed.replica())
        } catch {
            try? await server.stop()
            throw error
        }
        try await server.stop()
    }

    @Test("at the moment of sending: no contact is handed out after the opt-out was committed")
    func sending() async throws {
        try await withBed { bed, replica in
            let members = try await bed.addCustomers(Self.customers)
            try await replica.running {
                let id = try await bed.start(bed.plan(members), replica)
                try await eventually("the wave") {
                    try await bed.campaign(id, replica).progress?.done == Int64(Self.customers)
                }
                try await race(members, bed) { isOver in
                    // Three workers take a few at a time. A look that brings nothing is no end: what another has at
                    // the moment is passed over.
                    while !isOver() { _ = try await bed.claim(replica, limit: 3) }
                }
                while !(try await bed.claim(replica)).isEmpty {}
                let campaign = try await bed.campaign(id, replica)
                let sending = campaign.deliveries["sending"] ?? 0
                let refused = campaign.refused["no_consent"] ?? 0
                #expect(sending + refused == Int64(Self.customers))
                #expect(sending > 0 && refused > 0, "both came first somewhere: \(sending) sent, \(refused) refused")
            }
            try await expectNoneAfter("sending", bed)
        }
    }

    @Test("at the moment of reserving: no contact is reserved after the opt-out was committed")
    func reserving() async throws {
        try await withBed { bed, replica in
            let members = try await bed.addCustomers(Self.customers)
            _ = try await bed.start(bed.plan(members), replica)
            let campaign = try #require(
                try await bed.pool.withConnection { try await CampaignBook().read(in: $0) }.running.first)
            let audience = members.map {
                AudienceMember(
                    customerID: $0.customerID, customerNumber: $0.customerNumber, officePath: $0.officePath,
                    manager: $0.manager, isControl: false)
            }
            try await bed.pool.transaction { try await AudienceStorage.insert(audience, of: campaign.id, in: $0) }
            try await race(members, bed) { _ in
                for member in audience.shuffled() {
                    try await bed.pool.transaction { connection in
                        _ = try await ContactReservation(timeZone: bed.clock.timeZone).decide(
                            [Candidate(member: member, campaign: campaign, wave: 1, channel: "sms")],
                            policy: ContactPolicy(), now: bed.clock.now(), in: connection)
                    }
                }
            }
            let reserved = try await bed.count("SELECT count(*) FROM campaign.contact WHERE state = 'reserved'")
            let refused = try await bed.count("SELECT count(*) FROM campaign.contact WHERE reason = 'no_consent'")
            #expect(reserved + refused == Int64(Self.customers))
            #expect(reserved > 0 && refused > 0, "both came first somewhere: \(reserved) reserved, \(refused) refused")
            try await expectNoneAfter("reserved", bed)
        }
    }

    @Test("an opt-out that was acknowledged before the claim always wins")
    func acknowledged() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let members = try await bed.addCustomers(10)
        try await replica.running {
            let id = try await bed.start(bed.plan(members), replica)
            try await eventually("the wave") { try await bed.campaign(id, replica).progress?.done == 10 }
            for customer in members.prefix(4) { try await bed.optOut(customer.customerID, channel: "sms") }
            _ = try await bed.profile.setSuppression(
                .init(
                    customer: .init(by: .customerID(members[4].customerID)), suppressed: true, reason: "complaint"),
                options: CampaignBed.options(CampaignBed.operatorOfAll))
            #expect(Set(try await bed.claim(replica).map(\.customerID)) == Set(members.dropFirst(5).map(\.customerID)))
            #expect(try await bed.campaign(id, replica).refused == ["no_consent": 4, "suppressed": 1])
        }
    }

    /// Every customer opts out, four at a time, while three workers do their work.
    ///
    /// - Parameter work: is told whether all have opted out.
    private func race(
        _ members: [SegmentationV1.Member], _ bed: CampaignBed,
        work: @escaping @Sendable (_ isOver: @Sendable () -> Bool) async throws -> Void
    ) async throws {
        let left = Left()
        let quarters = (0..<4).map { quarter in members.enumerated().filter { $0.offset % 4 == quarter }.map(\.element)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for quarter in quarters {
                group.addTask {
                    defer { left.quarters.withLock { $0 -= 1 } }
                    for member in quarter.shuffled() { try await bed.optOut(member.customerID) }
                }
            }
            for _ in 0..<3 { group.addTask { try await work { left.quarters.withLock { $0 == 0 } } } }
            try await group.waitForAll()
        }
    }

    private func expectNoneAfter(_ state: String, _ bed: CampaignBed) async throws {
        let rows = try await bed.administrator.query(
            """
            SELECT t.customer_id, pg_xact_commit_timestamp(t.xmin) < pg_xact_commit_timestamp(n.xmin)
            FROM campaign.contact t
            JOIN profile.consent n ON n.partition = t.partition AND n.customer_id = t.customer_id
            WHERE t.state = \(state) AND NOT n.granted
            """)
        #expect(!rows.isEmpty)
        for row in rows {
            let (customer, isBefore) = try row.decode((Int64, Bool).self)
            #expect(isBefore, "customer \(customer) was contacted after the opt-out")
        }
        TestTier.report("opt-outs: \(Self.customers) races at \(state), no contact after an opt-out")
    }
}
