internal import Contracts
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("Two customers who share a phone")
struct SecondNumberTests {
    private static let phone = ProfileBed.identity("13912345678", kind: "phone")

    private static func send(
        _ rows: [[CommonV1.Identity]], _ bed: ProfileBed, chunk: Int64 = 0, key: String = "a"
    ) async throws -> ProfileV1.ImportRowsResponse {
        let importID = try await bed.client.openImport(
            ProfileV1.OpenImportRequest(
                importKey: String(repeating: key, count: 64), title: "test", mappingJSON: "{}"),
            options: ProfileBed.options()
        ).importID
        let rows = rows.enumerated().map {
            ProfileV1.ImportRow(rowNumber: Int64($0.offset + 1), identities: $0.element, officePath: "/head/")
        }
        return try await bed.client.importRows(
            ProfileV1.ImportRowsRequest(importID: importID, chunk: chunk, rows: rows, source: "core"),
            options: ProfileBed.options())
    }

    @Test("stay two, in one chunk and in two, whichever comes first", arguments: [["1", "2"], ["2", "1"]], [1, 2])
    func rows(numbers: [String], chunkRows: Int) async throws {
        let bed = try await ProfileBed.make()
        let rows = numbers.map { [ProfileBed.identity($0), Self.phone] }
        var refused: [String?] = []
        for (chunk, start) in stride(from: 0, to: 2, by: chunkRows).enumerated() {
            let reply = try await Self.send(Array(rows[start..<start + chunkRows]), bed, chunk: Int64(chunk))
            refused += reply.rejected.map { $0.refusal?.code }
        }
        #expect(refused == ["second_number"])
        let second = try await bed.identify(numbers[1])
        #expect(try await bed.identify(numbers[0]) != second)
        #expect(try await bed.count("SELECT count(*) FROM profile.customer WHERE customer_number IS NOT NULL") == 2)
    }

    @Test("are not joined by an alias either, while a customer without a number gets one")
    func alias() async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1")
        func link(_ reference: CommonV1.Identity, _ identity: CommonV1.Identity) async throws -> Bool {
            try await bed.client.alias(
                .init(customer: .init(by: .identity(reference)), identity: identity), options: ProfileBed.options()
            ).linked
        }
        #expect(try await link(ProfileBed.identity("1"), Self.phone))
        await #expect {
            try await link(Self.phone, ProfileBed.identity("2"))
        } throws: {
            ($0 as? RPCError)?.code == .failedPrecondition && ($0 as? RPCError)?.field == "identity"
        }
        #expect(try await bed.count("SELECT count(*) FROM profile.identity_claim WHERE value = '2'") == 0)
        let card = ProfileBed.identity("6222", kind: "card")
        _ = try await bed.client.identify(.init(identity: card), options: ProfileBed.options())
        #expect(try await link(card, ProfileBed.identity("3")))
        #expect(try await link(card, ProfileBed.identity("3")) == false)
        await #expect(throws: RPCError.self) { try await link(card, ProfileBed.identity("4")) }
    }

    @Test("get one number alone where two rows bring theirs to a customer at the same moment")
    func atOnce() async throws {
        let bed = try await ProfileBed.make()
        _ = try await bed.client.identify(.init(identity: Self.phone), options: ProfileBed.options())
        let sent = try await bed.administrator.transaction { other in
            try await other.execute("UPDATE profile.customer SET customer_number = '1'")
            let sent = Task { try await Self.send([[ProfileBed.identity("2"), Self.phone]], bed) }
            try await eventually("the chunk waits for the other number") {
                try await bed.count(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """) > 0
            }
            return sent
        }
        #expect(try await sent.value.rejected.map { $0.refusal?.code } == ["second_number"])
    }

    /// Starts all while somebody holds the one customer there is, and lets them go on when all of them wait for it.
    private static func atOnce<Reply: Sendable>(
        _ bed: ProfileBed, _ calls: [@Sendable () async throws -> Reply]
    ) async throws -> [Reply] {
        let tasks = try await bed.administrator.transaction { other in
            try await other.execute("SELECT 1 FROM profile.customer FOR UPDATE")
            let tasks = calls.map { call in Task { try await call() } }
            try await eventually("all wait for the customer") {
                try await bed.count(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """) == tasks.count
            }
            return tasks
        }
        var replies: [Reply] = []
        for task in tasks { replies.append(try await task.value) }
        return replies
    }

    private static let linked: SQL = "SELECT count(*) FROM profile.log WHERE kind = 4"

    @Test("are one where two rows bring the same number to a phone at the same moment")
    func sameNumberAtOnce() async throws {
        let bed = try await ProfileBed.make()
        let phone = Self.phone
        let home = try await bed.client.identify(.init(identity: phone), options: ProfileBed.options()).customerID
        let replies = try await Self.atOnce(
            bed,
            ["a", "b"].map { key in
                { try await Self.send([[ProfileBed.identity("1"), phone]], bed, key: key) }
            })
        #expect(replies.map(\.rejected.count) == [0, 0])
        #expect(try await bed.identify("1") == home)
        #expect(try await bed.count(Self.linked) == 2)
    }

    @Test(
        "are one where two aliases say the same at the same moment, and one of them linked it",
        arguments: [("1", "customer_number"), ("6222", "card")])
    func sameAliasAtOnce(value: String, kind: String) async throws {
        let bed = try await ProfileBed.make()
        let phone = Self.phone
        _ = try await bed.client.identify(.init(identity: phone), options: ProfileBed.options())
        let request = ProfileV1.AliasRequest(
            customer: .init(by: .identity(phone)), identity: ProfileBed.identity(value, kind: kind))
        let alias: @Sendable () async throws -> Bool = {
            try await bed.client.alias(request, options: ProfileBed.options()).linked
        }
        let replies = try await Self.atOnce(bed, [alias, alias])
        #expect(replies.count { $0 } == 1)
        #expect(try await bed.count(Self.linked) == 2)
    }
}
