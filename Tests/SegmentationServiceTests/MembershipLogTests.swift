internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres
internal import ProtobufC
internal import RPC
internal import Testing

@Suite("Those who follow segmentation.log learn who entered and who exited a segment")
struct MembershipLogTests {
    private struct Change: Hashable {
        var customer: Int64
        var kind: Int16
        var snapshot: Int64
        var office: String
    }

    private func bed() async throws -> TestBed {
        let bed = try await TestBed.make(traits: ["age": .integer])
        try await bed.addCustomers(
            (1...20).map {
                TestCustomer(
                    id: $0, officePath: $0 % 2 == 0 ? "/head/east/" : "/head/west/",
                    traits: ["age": "\(Int64(20 + $0))"])
            })
        return bed
    }

    /// In the order of the log.
    private func changes(_ bed: TestBed) async throws -> [Change] {
        // Waits for what was frozen before.
        _ = try await bed.client.getPosition(.init(), options: TestBed.options())
        return try await bed.administrator.query(
            "SELECT customer_id, kind, subject, body FROM segmentation.log ORDER BY partition, log_offset"
        ).map { row in
            let (customer, kind, subject, bytes) = try row.decode(Int64.self, Int16.self, String.self, [UInt8].self)
            let body = try SegmentationV1.MembershipChanged(unpacking: bytes)
            #expect(subject == "\(body.segmentID)" && body.segmentVersion == 1)
            return Change(customer: customer, kind: kind, snapshot: body.snapshotID, office: body.officePath)
        }
    }

    @Test("the first snapshot enters its members, each later one enters and exits those who changed, in their offices")
    func enteredAndExited() async throws {
        let bed = try await bed()
        let segment = try await bed.segment("age > 37").segmentID
        let first = try await bed.freeze(segment).snapshotID
        try await bed.administrator.execute("UPDATE profile.customer_trait SET trait_age = 10 WHERE customer_id = 20")
        try await bed.administrator.execute("UPDATE profile.customer_trait SET trait_age = 90 WHERE customer_id = 1")
        let second = try await bed.freeze(segment).snapshotID
        _ = try await bed.freeze(segment)
        #expect(
            Set(try await changes(bed)) == [
                Change(customer: 18, kind: 1, snapshot: first, office: "/head/east/"),
                Change(customer: 19, kind: 1, snapshot: first, office: "/head/west/"),
                Change(customer: 20, kind: 1, snapshot: first, office: "/head/east/"),
                Change(customer: 20, kind: 2, snapshot: second, office: "/head/east/"),
                Change(customer: 1, kind: 1, snapshot: second, office: "/head/west/"),
            ])
        let position = try await bed.client.getPosition(.init(), options: TestBed.options()).position
        #expect(position?.log == "segmentation")
        #expect(position?.offsets.map(\.offset).reduce(0, +) == 5)
    }

    @Test("offsets have no gaps where more enter than one partition holds, and freezes at once follow one another")
    func atOnce() async throws {
        let bed = try await TestBed.make(traits: ["age": .integer])
        try await bed.addCustomers((1...2_000).map { TestCustomer(id: $0, traits: ["age": "40"]) })
        let segment = try await bed.segment("age > 30").segmentID
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask { _ = try await bed.freeze(segment) }
            }
            try await group.waitForAll()
        }
        // Each customer entered once, whichever freeze was first; the others found nothing changed.
        #expect(try await changes(bed).map(\.customer).sorted() == Array(1...2_000))
        let rows = try await bed.administrator.query(
            """
            SELECT count(*) FROM (SELECT partition, count(*), max(log_offset), min(log_offset) FROM segmentation.log
                GROUP BY partition) l
            JOIN segmentation.log_head h USING (partition)
            WHERE l.count <> l.max OR l.min <> 1 OR h.last_offset <> l.max
            """)
        #expect(try rows[0].decode(Int64.self) == 0)
    }

    @Test("freezes that wait are logged in their order, in parts, by several at once, each change once")
    func inParts() async throws {
        let bed = try await TestBed.make(traits: ["age": .integer])
        try await bed.addCustomers((1...600).map { TestCustomer(id: $0, traits: ["age": "40"]) })
        let segment = try await bed.segment("age > 30").segmentID
        let first = try await bed.freeze(segment).snapshotID
        try await bed.administrator.execute("UPDATE profile.customer_trait SET trait_age = 10 WHERE customer_id <= 300")
        let second = try await bed.freeze(segment).snapshotID
        try await bed.administrator.execute("UPDATE segmentation.membership_task SET partitions_at_once = 7")
        try await withThrowingTaskGroup { group in
            for _ in 0..<3 {
                group.addTask { _ = try await bed.client.getPosition(.init(), options: TestBed.options()) }
            }
            try await group.waitForAll()
        }
        let all = try await changes(bed)
        #expect(all.count == 900)
        for customer in Int64(1)...600 {
            let own = all.filter { $0.customer == customer }
            #expect(own.map(\.snapshot) == (customer <= 300 ? [first, second] : [first]))
            #expect(own.map(\.kind) == (customer <= 300 ? [1, 2] : [1]))
        }
    }
}
