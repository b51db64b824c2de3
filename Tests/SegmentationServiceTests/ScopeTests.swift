internal import Contracts
internal import Logging
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("Nobody sees another branch's segments or customers")
struct ScopeTests {
    private func bed() async throws -> TestBed {
        let bed = try await TestBed.make(traits: ["age": .integer])
        try await bed.addCustomers([
            TestCustomer(id: 1, officePath: "/", traits: ["age": "40"]),
            TestCustomer(id: 2, officePath: "/head/", traits: ["age": "40"]),
            TestCustomer(id: 3, officePath: "/head/east/", traits: ["age": "40"]),
            TestCustomer(id: 4, officePath: "/head/east/pudong/", traits: ["age": "20"]),
            TestCustomer(id: 5, officePath: "/head/west/", traits: ["age": "40"]),
        ])
        return bed
    }

    private func code(_ body: () async throws -> Void) async -> RPCError.Code? {
        do {
            try await body()
            return nil
        } catch { return (error as? RPCError)?.code }
    }

    @Test("a rule is counted within the office of whoever asks")
    func counts() async throws {
        let bed = try await bed()
        let request = SegmentationV1.CountRequest(of: .rule(.init(form: .text("age > 30"))))
        let head = try await bed.client.count(request, options: TestBed.options())
        let east = try await bed.client.count(request, options: TestBed.options(TestBed.east))
        #expect(head.count == 3 && head.total == 4)
        #expect(east.count == 1 && east.total == 2)
    }

    @Test("a segment has members of its own office alone, however they are asked for")
    func members() async throws {
        let bed = try await bed()
        let segment = try await bed.segment("age > 10", officePath: "/head/east/").segmentID
        let listed = try await bed.client.listMembers(.init(segmentID: segment), options: TestBed.options())
        #expect(Set(listed.members.map(\.customerID)) == [3, 4])
        let count = try await bed.client.count(.init(of: .segmentID(segment)), options: TestBed.options())
        #expect(count.count == 2 && count.total == 2)
        #expect(try await bed.freeze(segment).count == 2)
    }

    @Test("a segment of another office does not exist for whoever asks")
    func segments() async throws {
        let bed = try await bed()
        let east = TestBed.options(TestBed.east)
        let segment = try await bed.segment("age > 30").segmentID
        let snapshot = try await bed.freeze(segment).snapshotID
        let calls: [() async throws -> Void] = [
            { _ = try await bed.client.getSegment(.init(segmentID: segment), options: east) },
            { _ = try await bed.client.count(.init(of: .segmentID(segment)), options: east) },
            { _ = try await bed.client.listMembers(.init(segmentID: segment), options: east) },
            { _ = try await bed.client.freeze(.init(segmentID: segment), options: east) },
            { _ = try await bed.client.updateSegment(.init(segmentID: segment, version: 1), options: east) },
            { _ = try await bed.client.getSnapshot(.init(snapshotID: snapshot), options: east) },
            { _ = try await bed.client.listSnapshotMembers(.init(snapshotID: snapshot), options: east) },
        ]
        for call in calls { #expect(await code(call) == .notFound) }
        #expect(try await bed.client.listSegments(.init(), options: east).segments.isEmpty)
        #expect(await code { _ = try await bed.segment("age > 30", officePath: "/") } == .permissionDenied)
    }

    @Test("a person sees of a snapshot the customers of the own office, a suite service all of them")
    func snapshotMembers() async throws {
        let bed = try await bed()
        let segment = try await bed.segment("age > 10", officePath: "/head/east/").segmentID
        let snapshot = try await bed.freeze(segment).snapshotID
        // One customer moved away after the freeze.
        try await bed.administrator.execute(
            "UPDATE profile.customer SET office_path = '/head/west/' WHERE customer_id = 4")
        let request = SegmentationV1.ListSnapshotMembersRequest(snapshotID: snapshot)
        let east = try await bed.client.listSnapshotMembers(request, options: TestBed.options(TestBed.east))
        #expect(east.members.map(\.customerID) == [3])
        let all = try await bed.campaign.listSnapshotMembers(request, options: CallOptions())
        #expect(Set(all.members.map(\.customerID)) == [3, 4])
    }

    @Test("a segment for which nobody names an office is of the office of whoever makes it")
    func ownOffice() async throws {
        let bed = try await bed()
        let request = SegmentationV1.CreateSegmentRequest(name: "A", rule: .init(form: .text("age > 10")))
        let east = TestBed.options(TestBed.east)
        let segment = try #require(try await bed.client.createSegment(request, options: east).segment)
        #expect(segment.officePath == "/head/east/")
        let listed = try await bed.client.listMembers(.init(segmentID: segment.segmentID), options: east)
        #expect(Set(listed.members.map(\.customerID)) == [3, 4])
    }

    @Test("of suite services campaign alone reads a snapshot for itself")
    func machines() async throws {
        let bed = try await bed()
        let snapshot = try await bed.freeze(try await bed.segment("age > 30").segmentID).snapshotID
        let members = SegmentationV1.ListSnapshotMembersRequest(snapshotID: snapshot)
        #expect(await code { _ = try await bed.campaign.listSnapshotMembers(members, options: CallOptions()) } == nil)
        #expect(
            await code { _ = try await bed.kpi.getSnapshot(.init(snapshotID: snapshot), options: CallOptions()) }
                == .permissionDenied)
        #expect(
            await code { _ = try await bed.kpi.listSnapshotMembers(members, options: CallOptions()) }
                == .permissionDenied)
    }

    @Test("a call without a person, without an office or without the right is refused")
    func gate() async throws {
        let bed = try await bed()
        let request = SegmentationV1.CountRequest(of: .rule(.init(form: .text("age > 30"))))
        #expect(await code { _ = try await bed.client.count(request, options: CallOptions()) } == .unauthenticated)
        #expect(await code { _ = try await bed.campaign.count(request, options: CallOptions()) } == .permissionDenied)
        for (roles, office) in [(["channel"], "/head/"), (["marketer"], ""), (["marketer"], "/head"), ([], "/")] {
            let principal = Principal(user: "x", roles: roles, officePath: office)
            #expect(
                await code { _ = try await bed.client.count(request, options: TestBed.options(principal)) }
                    == .permissionDenied)
        }
        let analyst = Principal(user: "x", roles: ["analyst"], officePath: "/head/")
        let segment = try await bed.segment("age > 30").segmentID
        #expect(
            await code {
                _ = try await bed.client.listMembers(.init(segmentID: segment), options: TestBed.options(analyst))
            } == .permissionDenied)
    }

    @Test("whoever reads reports may ask for the position, an auditor too")
    func auditor() async throws {
        let bed = try await bed()
        for role in ["auditor", "admin"] {
            let person = Principal(user: "x", roles: [role], officePath: "/")
            let reply = try await bed.client.getPosition(.init(), options: TestBed.options(person))
            #expect(reply.position?.log == "segmentation")
        }
    }

    @Test("the request role reads nothing from any table or view without a scope")
    func requestRole() async throws {
        let bed = try await bed()
        // With a key, so that a reply is stored.
        _ = try await bed.freeze(try await bed.segment("age > 30", key: "k").segmentID)
        let pool = PostgresPool(
            bed.database.connecting(as: "zhike_segmentation_request"), logger: Logger(label: "test"))
        let relations = try await bed.administrator.query(
            """
            SELECT c.relname::text, has_table_privilege('zhike_segmentation_request', c.oid, 'SELECT')
            FROM pg_class c WHERE c.relnamespace = 'segmentation'::regnamespace AND c.relkind IN ('r', 'v', 'p')
            ORDER BY 1
            """)
        var readable: [String] = []
        for row in relations {
            let (name, isReadable) = try row.decode(String.self, Bool.self)
            guard isReadable else { continue }
            readable.append(name)
            let count = try await pool.query("SELECT count(*) FROM \(path: "segmentation." + name)")
            #expect(try count[0].decode(Int64.self) == 0, "\(name)")
            let scoped = try await pool.transaction(.init(officePath: "/head/")) {
                try await $0.query("SELECT count(*) FROM \(path: "segmentation." + name)")
            }
            #expect(try scoped[0].decode(Int64.self) > 0, "\(name)")
        }
        #expect(
            readable == [
                "idempotency", "segment", "segment_version", "snapshot", "snapshot_part", "visible_segment_version",
                "visible_snapshot", "visible_snapshot_part",
            ])
        await pool.close()
    }
}
