internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import Synchronization
internal import Testing

@Suite("Members are listed page by page, and one customer can be tested")
struct MemberTests {
    /// A bank of this many customers, every second one aged over 30.
    private func bed(customers: Int) async throws -> TestBed {
        let bed = try await TestBed.make(traits: ["age": .integer])
        try await bed.administrator.transaction { connection in
            try await connection.execute(
                """
                INSERT INTO profile.customer (partition, customer_id, customer_number, office_path, manager, created_at)
                SELECT (id * 7 % 256)::smallint, id, 'number-' || id, '/head/' || repeat('e', 60) || '/', 'm', \(bed.now)
                FROM generate_series(1, \(customers)) AS id
                """)
            try await connection.execute(
                """
                INSERT INTO profile.customer_trait (partition, customer_id, trait_age)
                SELECT partition, customer_id, 30 + customer_id % 2 FROM profile.customer
                """)
        }
        return bed
    }

    @Test("pages hold every member once, in order, and at most 512 KiB")
    func pages() async throws {
        let bed = try await bed(customers: 20_000)
        let segment = try await bed.segment("age > 30").segmentID
        let snapshot = try await bed.freeze(segment)
        #expect(snapshot.count == 10_000)
        var ids: [Int64] = []
        var pages = 0
        for try await page in bed.campaign.listSnapshotMembersPages(.init(snapshotID: snapshot.snapshotID)) {
            #expect(try page.packed().count <= 512 * 1024)
            ids += page.members.map(\.customerID)
            pages += 1
        }
        #expect(pages > 2)
        #expect(ids == ids.sorted { ($0 * 7 % 256, $0) < ($1 * 7 % 256, $1) })
        #expect(ids.sorted() == stride(from: Int64(1), to: 20_000, by: 2).map { $0 })

        var live: [Int64] = []
        for try await page in bed.client.listMembersPages(.init(segmentID: segment), options: TestBed.options()) {
            live += page.members.map(\.customerID)
        }
        #expect(live == ids)
    }

    @Test("the pages of one listing are of one version of the rule")
    func oneVersion() async throws {
        let bed = try await bed(customers: 9_000)
        let segment = try await bed.segment("age > 0").segmentID
        let first = try await bed.client.listMembers(.init(segmentID: segment), options: TestBed.options())
        _ = try await bed.client.updateSegment(
            .init(segmentID: segment, version: 1, rule: .init(form: .text("age > 1000"))), options: TestBed.options())
        let second = try await bed.client.listMembers(
            .init(segmentID: segment, pageCursor: first.nextPageCursor), options: TestBed.options())
        #expect(!second.members.isEmpty)
    }

    @Test("a cursor is good for the person, the method and the list it was made for, and for nothing else")
    func cursors() async throws {
        let bed = try await bed(customers: 5_000)
        let segment = try await bed.segment("age > 0").segmentID
        let other = try await bed.segment("age > 0").segmentID
        let page = try await bed.client.listMembers(.init(segmentID: segment), options: TestBed.options())
        let cursor = page.nextPageCursor
        #expect(!cursor.isEmpty)
        let colleague = Principal(user: "somebody.else", roles: ["marketer"], officePath: "/head/")
        let attempts: [(Int64, String, Principal)] = [
            (segment, cursor, colleague), (other, cursor, TestBed.headOffice), (segment, "AAAA", TestBed.headOffice),
            (segment, String(cursor.dropLast()), TestBed.headOffice),
        ]
        for (segment, cursor, principal) in attempts {
            let error = await #expect(throws: RPCError.self) {
                try await bed.client.listMembers(
                    .init(segmentID: segment, pageCursor: cursor), options: TestBed.options(principal))
            }
            #expect(error?.code == .invalidArgument && error?.field == "page_cursor")
        }
    }

    @Test("a listing of members for a person is audited once, whatever its pages")
    func auditedExport() async throws {
        let bed = try await bed(customers: 9_000)
        let segment = try await bed.segment("age > 0").segmentID
        for try await _ in bed.client.listMembersPages(.init(segmentID: segment), options: TestBed.options()) {}
        let rows = try await bed.administrator.query(
            "SELECT what FROM audit.entry WHERE entry_right = 'members.export' AND result = 'done'")
        let exported = try rows.map { try $0.decode(0, as: String.self) }
        #expect(exported == ["segment \(segment)"])
    }

    @Test("a cursor of a person is good for an hour, and then the listing is begun, and audited, again")
    func longestListing() async throws {
        let bed = try await bed(customers: 9_000)
        let owner = bed.owner()
        let machineTime = Mutex(Date(timeIntervalSince1970: 1_790_000_000))
        let client = try bed.client(owner: owner) { machineTime.withLock { $0 } }
        let segment = try await bed.segment("age > 0").segmentID
        let snapshot = try await bed.freeze(segment).snapshotID
        let listings: [(String) async throws -> (count: Int, next: String)] = [
            { cursor in
                let page = try await client.listMembers(
                    .init(segmentID: segment, pageCursor: cursor), options: TestBed.options())
                return (page.members.count, page.nextPageCursor)
            },
            { cursor in
                let page = try await client.listSnapshotMembers(
                    .init(snapshotID: snapshot, pageCursor: cursor), options: TestBed.options())
                return (page.members.count, page.nextPageCursor)
            },
        ]
        for list in listings {
            let first = try await list("").next
            machineTime.withLock { $0 += 3_600 }
            let second = try await list(first)
            #expect(second.count > 0)
            machineTime.withLock { $0 += 1 }
            // Also behind a page that was read in time: the hour is that of the listing.
            for cursor in [first, second.next] {
                let refused = await #expect(throws: RPCError.self) { try await list(cursor) }
                #expect(refused?.code == .invalidArgument && refused?.field == "page_cursor")
                #expect(refused?.message.contains("begin the listing again") == true)
            }
            #expect(try await list("").count > 0)
        }
        await owner.close()
    }

    @Test("a customer is tested condition by condition, by id and by identity")
    func testCustomer() async throws {
        let bed = try await TestBed.make(traits: ["age": .integer])
        let identified = try await bed.profile.identify(
            .init(
                identity: .init(kind: "phone_hash", value: "abc"),
                traits: [.init(name: "age", value: .integer(41))], source: "test", officePath: "/head/"),
            options: TestBed.options(TestBed.everywhere))
        let rule = SegmentationV1.Rule(
            form: .text(#"not (age < 40 or age is unknown) and events("login", last 30 days) >= 1"#))
        for reference in [
            CommonV1.CustomerReference(by: .customerID(identified.customerID)),
            CommonV1.CustomerReference(by: .identity(.init(kind: "phone_hash", value: "abc"))),
        ] {
            let answer = try await bed.client.testCustomer(
                .init(of: .rule(rule), customer: reference), options: TestBed.options())
            #expect(!answer.fits)
            #expect(
                answer.conditions.map(\.condition)
                    == ["age < 40", "age is unknown", #"events("login", last 30 days) >= 1"#])
            #expect(answer.conditions.map(\.fits) == [false, false, false])
        }
        let elsewhere = await #expect(throws: RPCError.self) {
            try await bed.client.testCustomer(
                .init(of: .rule(rule), customer: .init(by: .customerID(identified.customerID))),
                options: TestBed.options(TestBed.east))
        }
        #expect(elsewhere?.code == .notFound)
        let approver = Principal(user: "x", roles: ["approver"], officePath: "/head/")
        let forbidden = await #expect(throws: RPCError.self) {
            try await bed.client.testCustomer(
                .init(of: .rule(rule), customer: .init(by: .customerID(identified.customerID))),
                options: TestBed.options(approver))
        }
        #expect(forbidden?.code == .permissionDenied)
        let fitting = try await bed.client.testCustomer(
            .init(
                of: .rule(.init(form: .text("age < 40 or age > 40"))),
                customer: .init(by: .customerID(identified.customerID))), options: TestBed.options())
        #expect(fitting.fits)
        #expect(fitting.conditions.map(\.fits) == [false, true])
    }

    @Test("a test of a trait that is not shown needs the right to reveal it, and is audited")
    func hiddenTrait() async throws {
        let bed = try await TestBed.make(traits: ["age": .integer])
        _ = try await bed.profile.defineTraits(
            .init(traits: [
                .init(
                    name: "salary", type: .integer, meaning: "test", source: "test", sensitivity: .c3, known: .before)
            ]), options: TestBed.options(TestBed.everywhere))
        try await bed.addCustomers([TestCustomer(id: 1, traits: ["age": "41", "salary": "9000"])])
        func test(_ role: String, _ rule: String) async throws -> Bool {
            try await bed.client.testCustomer(
                .init(of: .rule(.init(form: .text(rule))), customer: .init(by: .customerID(1))),
                options: TestBed.options(Principal(user: role, roles: [role], officePath: "/head/"))
            ).fits
        }
        func entries(_ result: String) async throws -> [String] {
            let rows = try await bed.administrator.query(
                """
                SELECT who || ': ' || what FROM audit.entry
                WHERE entry_right = 'customers.reveal' AND result = \(result)
                """)
            return try rows.map { try $0.decode(0, as: String.self) }
        }
        let rule = "age > 40 and not salary < 8000"
        let refused = await #expect(throws: RPCError.self) { try await test("analyst", rule) }
        #expect(refused?.code == .permissionDenied)
        #expect(refused?.message.contains("salary") == true && refused?.message.contains("customers.reveal") == true)
        #expect(try await entries("refused") == ["analyst: customer 1 by a rule: salary"])
        #expect(try await test("manager", rule))
        #expect(try await entries("done") == ["manager: customer 1 by a rule: salary"])
        #expect(try await test("analyst", "age > 40"))
        #expect(try await entries("done").count == 1)
    }

    @Test("a customer who may be seen does not fit a segment of another office, and exists all the same")
    func outsideOfSegment() async throws {
        let bed = try await TestBed.make(traits: ["age": .integer])
        try await bed.addCustomers([
            TestCustomer(id: 1, officePath: "/head/west/", traits: ["age": "41"]),
            TestCustomer(id: 2, officePath: "/head/east/pudong/", traits: ["age": "41"]),
        ])
        let segment = try await bed.segment("age > 40", officePath: "/head/east/").segmentID
        for (id, fits) in [(1 as Int64, false), (2, true)] {
            let answer = try await bed.client.testCustomer(
                .init(of: .segmentID(segment), customer: .init(by: .customerID(id))), options: TestBed.options())
            #expect(answer.fits == fits)
            #expect(answer.conditions.map(\.fits) == [true])
        }
        let unseen = await #expect(throws: RPCError.self) {
            try await bed.client.testCustomer(
                .init(of: .segmentID(segment), customer: .init(by: .customerID(1))),
                options: TestBed.options(TestBed.east))
        }
        #expect(unseen?.code == .notFound)
    }
}
