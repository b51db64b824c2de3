internal import Contracts
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("A change of one customer by an office")
struct ScopedChangeTests {
    /// May change customers, in the east alone.
    private static let options = ProfileBed.options(ProfileBed.east)

    private static let changes: [(name: String, call: @Sendable (ProfileBed) async throws -> Void)] = [
        (
            "alias",
            {
                _ = try await $0.client.alias(
                    .init(customer: ProfileBed.reference("1"), identity: ProfileBed.identity("139", kind: "phone")),
                    options: options)
            }
        ),
        (
            "consents",
            {
                _ = try await $0.client.setConsents(
                    .init(
                        customer: ProfileBed.reference("1"),
                        consents: [.init(purpose: "marketing", channel: "sms", granted: true)]), options: options)
            }
        ),
        (
            "suppression",
            {
                _ = try await $0.client.setSuppression(
                    .init(customer: ProfileBed.reference("1"), suppressed: true, reason: "complaint"),
                    options: options)
            }
        ),
    ]

    /// Everything that one of the changes would leave.
    private static let traces: SQL = """
        SELECT (SELECT count(*) FROM profile.log) + (SELECT count(*) FROM profile.identity_claim)
            + (SELECT count(*) FROM profile.identity) + (SELECT count(*) FROM profile.consent)
            + (SELECT count(*) FROM profile.suppression)
        """

    private static func isUnknown(_ error: any Error) -> Bool {
        (error as? RPCError)?.code == .notFound && (error as? RPCError)?.field == "customer"
    }

    @Test("writes what it says of an own customer", arguments: changes.indices)
    func own(index: Int) async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1", office: "/head/east/pudong/")
        let before = try await bed.count(Self.traces)
        try await Self.changes[index].call(bed)
        #expect(try await bed.count(Self.traces) > before, "\(Self.changes[index].name)")
    }

    @Test("finds no customer of another office, and writes nothing", arguments: changes.indices)
    func elsewhere(index: Int) async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1", office: "/head/west/")
        let before = try await bed.count(Self.traces)
        await #expect {
            try await Self.changes[index].call(bed)
        } throws: { Self.isUnknown($0) }
        #expect(try await bed.count(Self.traces) == before, "\(Self.changes[index].name)")
    }

    @Test("finds none who moves away at the same moment, and writes nothing", arguments: changes.indices)
    func movesAway(index: Int) async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1", office: "/head/east/")
        let before = try await bed.count(Self.traces)
        let sent = try await bed.administrator.transaction { other in
            try await other.execute("UPDATE profile.customer SET office_path = '/head/west/'")
            let sent = Task { try await Self.changes[index].call(bed) }
            try await eventually("the change waits for the move") {
                try await bed.count(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """) > 0
            }
            return sent
        }
        await #expect {
            try await sent.value
        } throws: { Self.isUnknown($0) }
        #expect(try await bed.count(Self.traces) == before, "\(Self.changes[index].name)")
    }
}
