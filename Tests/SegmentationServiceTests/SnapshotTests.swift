internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres
internal import RPC
internal import SegmentationDomain
internal import TestSupport
internal import Testing

@Suite("A snapshot is exact and can be made again")
struct SnapshotTests {
    private func bed() async throws -> TestBed {
        let bed = try await TestBed.make(traits: ["age": .integer])
        try await bed.addCustomers((1...20).map { TestCustomer(id: $0, traits: ["age": "\(Int64(20 + $0))"]) })
        return bed
    }

    @Test("what changes after the freeze does not change the snapshot")
    func frozen() async throws {
        let bed = try await bed()
        let segment = try await bed.segment("age > 30").segmentID
        let before = try await bed.freeze(segment)
        try await bed.administrator.execute("UPDATE profile.customer_trait SET trait_age = 10 WHERE customer_id = 20")
        let after = try await bed.freeze(segment)
        #expect(before.count == 10 && after.count == 9 && before.checksum != after.checksum)
        let read = try await bed.client.getSnapshot(.init(snapshotID: before.snapshotID), options: TestBed.options())
        #expect(read.snapshot == before)
        let members = try await bed.campaign.listSnapshotMembers(
            .init(snapshotID: before.snapshotID), options: CallOptions())
        #expect(Set(members.members.map(\.customerID)) == Set(11...20))
    }

    @Test("a repeated freeze, twenty at once, makes one snapshot and gives one answer")
    func repeatedFreeze() async throws {
        let bed = try await bed()
        let segment = try await bed.segment("age > 30").segmentID
        let answers = try await withThrowingTaskGroup(of: SegmentationV1.FreezeResponse.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await bed.client.freeze(.init(segmentID: segment), options: TestBed.options(key: "freeze-1"))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(answers).count == 1)
        let rows = try await bed.administrator.query(
            "SELECT count(*), (SELECT sum(cardinality(customer_ids)) FROM segmentation.snapshot_part)::bigint FROM segmentation.snapshot"
        )
        let (snapshots, members) = try rows[0].decode(Int64.self, Int64.self)
        #expect(snapshots == 1 && members == 10)
    }

    @Test("an empty snapshot is one, too")
    func empty() async throws {
        let bed = try await bed()
        let snapshot = try await bed.freeze(try await bed.segment("age > 3000").segmentID)
        #expect(snapshot.count == 0)
        #expect(snapshot.checksum == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        let page = try await bed.campaign.listSnapshotMembers(
            .init(snapshotID: snapshot.snapshotID), options: CallOptions())
        #expect(page.members.isEmpty && page.nextPageCursor.isEmpty)
    }

    @Test("a freeze waits for no write that never happened, and knows its own log")
    func positions() async throws {
        let bed = try await bed()
        let segment = try await bed.segment("age > 30").segmentID
        func freeze(_ log: String, _ partition: Int32, _ offset: Int64) async throws -> SegmentationV1.FreezeResponse {
            let position = CommonV1.LogPosition(log: log, offsets: [.init(partition: partition, offset: offset)])
            return try await bed.client.freeze(
                .init(segmentID: segment, after: [position]), options: TestBed.options())
        }
        try await bed.administrator.execute("UPDATE profile.log_head SET last_offset = 7 WHERE partition = 3")
        let snapshot = try #require(try await freeze("profile", 3, 7).snapshot)
        #expect(snapshot.position?.log == "profile" && snapshot.position?.offsets.count == 256)
        #expect(snapshot.position?.offsets.first { $0.partition == 3 }?.offset == 7)
        for (log, partition, offset) in [("profile", Int32(3), Int64(8)), ("profile", 256, 0), ("campaign", 3, 1)] {
            await #expect(throws: RPCError.self) { try await freeze(log, partition, offset) }
        }
    }

    @Test("the plain evaluator makes the same list from the log up to the snapshot's position")
    func rebuiltFromTheLog() async throws {
        let bed = try await TestBed.make(traits: ["age": .integer, "color": .text])
        var random = SeededGenerator("rebuilt snapshot")
        try await bed.live(customers: 30, random: &random)
        let segment = try await bed.segment(
            #"(age > 30 or color = "red") and events("login", last 30 days) >= 1 or color is unknown"#
        ).segmentID
        let snapshot = try await bed.freeze(segment)
        try await bed.live(customers: 30, random: &random)
        #expect(try await bed.freeze(segment).checksum != snapshot.checksum)

        let rule = try LocatedRule(json: snapshot.ruleJSON).rule
        let facts = try await bed.factsFromLog(upTo: snapshot)
        let members = facts.filter { rule.fits($0.value, asOfMicroseconds: snapshot.asOfMicros) }.keys
        #expect(Int64(members.count) == snapshot.count)
        let frozen = try await bed.campaign.listSnapshotMembers(
            .init(snapshotID: snapshot.snapshotID), options: CallOptions())
        #expect(frozen.members.map(\.customerID).sorted() == members.sorted())
        #expect(!members.isEmpty && members.count < facts.count)
    }
}

extension TestBed {
    /// Lets customers come, change and log in through profile's own calls.
    fileprivate func live(customers: Int, random: inout SeededGenerator) async throws {
        for _ in 0..<customers {
            let identity = CommonV1.Identity(kind: "crm", value: "c\(Int.random(in: 0..<40, using: &random))")
            var traits: [ProfileV1.Trait] = [
                .init(name: "age", value: .integer(Int64.random(in: 20...40, using: &random)))
            ]
            let color = ["red", "blue", nil].randomElement(using: &random) ?? nil
            if Bool.random(using: &random) {
                traits.append(.init(name: "color", value: color.map { .text($0) }))
            }
            _ = try await profile.identify(
                .init(identity: identity, traits: traits, source: "test", officePath: "/head/"),
                options: Self.options(Self.everywhere))
            guard Bool.random(using: &random) else { continue }
            let event = ProfileV1.Event(
                eventID: UUID().uuidString, customer: .init(by: .identity(identity)), type: "login",
                occurredAtMicros: now.microseconds - Int64.random(in: 0...60, using: &random) * 86_400_000_000)
            _ = try await profile.track(.init(events: [event]), options: Self.options(Self.everywhere))
        }
    }

    /// What the log says of each customer of the head office, up to the position of a snapshot and no further.
    fileprivate func factsFromLog(upTo snapshot: SegmentationV1.Snapshot) async throws -> [Int64: CustomerFacts] {
        let heads = Dictionary(
            uniqueKeysWithValues: (snapshot.position?.offsets ?? []).map { (Int16($0.partition), $0.offset) })
        let rows = try await administrator.query(
            """
            SELECT partition, log_offset, customer_id, kind, subject, occurred_at, coalesce(body, ''::bytea)
            FROM profile.log ORDER BY partition, log_offset
            """)
        var facts: [Int64: CustomerFacts] = [:]
        for row in rows {
            let (partition, offset, customerID, kind, subject, occurredAt, body) = try row.decode(
                Int16.self, Int64.self, Int64.self, Int16.self, String.self, Date.self, [UInt8].self)
            guard offset <= heads[partition, default: 0] else { continue }
            switch kind {
            case 1:
                facts[customerID, default: CustomerFacts()].events.append(
                    .init(type: subject, occurredAtMicroseconds: occurredAt.microseconds))
            case 2:
                for change in try ProfileV1.TraitsChanged(unpacking: body).changes {
                    facts[customerID, default: CustomerFacts()].traits[change.name] =
                        switch change.newValue?.value {
                        case .integer(let value): .integer(value)
                        case .text(let value): .text(value)
                        default: nil
                        }
                }
            default: facts[customerID, default: CustomerFacts()].events += []
            }
        }
        return facts
    }
}
