internal import Contracts
internal import RPC
internal import Testing

@Suite("Segments")
struct SegmentTests {
    private func rule(_ text: String) -> SegmentationV1.Rule { .init(form: .text(text)) }

    @Test("a mistake in a rule is told with its place and what was meant, in both forms")
    func checkRule() async throws {
        let bed = try await TestBed.make(traits: ["age": .integer, "contact": .text])
        let fromText = try await bed.client.checkRule(
            .init(rule: rule("age > 3 and\n contcat = 3")), options: TestBed.options())
        #expect(!fromText.valid && fromText.text.isEmpty && fromText.problems.count == 1)
        let problem = try #require(fromText.problems.first)
        #expect(problem.line == 2 && problem.column == 2 && problem.code == "unknown_trait")
        #expect(problem.suggestion == "contact" && problem.message.contains("contact"))

        let broken = try await bed.client.checkRule(.init(rule: rule("age >")), options: TestBed.options())
        #expect(broken.problems.map(\.code) == ["syntax"])

        let fromJSON = try await bed.client.checkRule(
            .init(rule: .init(form: .json(#"{"and":[{"trait":"age","=":"x"},{"trait":"contact","<":"a"}]}"#))),
            options: TestBed.options())
        #expect(fromJSON.problems.map(\.path) == ["and[0].=", "and[1].trait"])
        #expect(fromJSON.problems.map(\.line) == [0, 0])

        await #expect(throws: RPCError.self) {
            try await bed.client.checkRule(.init(), options: TestBed.options())
        }
    }

    @Test("a segment with a rule that does not fit the dictionary is refused")
    func badRule() async throws {
        let bed = try await TestBed.make(traits: ["age": .integer])
        let error = await #expect(throws: RPCError.self) { try await bed.segment("age > 3 or income > 5") }
        #expect(error?.code == .invalidArgument && error?.field == "rule")
        #expect(error?.message.hasPrefix("Line 1, column 12: ") == true)
        let name = await #expect(throws: RPCError.self) {
            try await bed.client.createSegment(
                .init(name: " \n", rule: rule("age > 3"), officePath: "/head/"), options: TestBed.options())
        }
        #expect(name?.field == "name")
    }

    @Test("every change makes a version, and a change on an old one is refused")
    func versions() async throws {
        let bed = try await TestBed.make(traits: ["age": .integer])
        let first = try await bed.segment("age > 3")
        let renamed = try await bed.client.updateSegment(
            .init(segmentID: first.segmentID, version: 1, name: "Older"), options: TestBed.options())
        #expect(renamed.segment?.name == "Older" && renamed.segment?.version == 2)
        #expect(renamed.segment?.ruleText == "age > 3")
        let changed = try await bed.client.updateSegment(
            .init(segmentID: first.segmentID, version: 2, rule: rule("age > 30")), options: TestBed.options())
        #expect(changed.segment?.name == "Older" && changed.segment?.ruleText == "age > 30")
        let stale = await #expect(throws: RPCError.self) {
            try await bed.client.updateSegment(
                .init(segmentID: first.segmentID, version: 2, name: "Late"), options: TestBed.options())
        }
        #expect(stale?.code == .aborted && stale?.field == "version")
        let read = try await bed.client.getSegment(.init(segmentID: first.segmentID), options: TestBed.options())
        #expect(read.segment == changed.segment)
        #expect(try await bed.freeze(first.segmentID, version: 1).ruleJSON == #"{"trait":"age",">":3}"#)
        #expect(try await bed.freeze(first.segmentID).segmentVersion == 3)
    }

    @Test("a repeated creation gives the first answer and one segment; the same key with another body is refused")
    func idempotentCreation() async throws {
        let bed = try await TestBed.make(traits: ["age": .integer])
        let request = SegmentationV1.CreateSegmentRequest(name: "A", rule: rule("age > 3"), officePath: "/head/")
        let answers = try await withThrowingTaskGroup(of: SegmentationV1.CreateSegmentResponse.self) { group in
            for _ in 0..<10 {
                group.addTask { try await bed.client.createSegment(request, options: TestBed.options(key: "k1")) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(answers).count == 1)
        let listed = try await bed.client.listSegments(.init(), options: TestBed.options())
        #expect(listed.segments.count == 1)
        let other = SegmentationV1.CreateSegmentRequest(name: "B", rule: rule("age > 3"), officePath: "/head/")
        await #expect(throws: RPCError.self) {
            try await bed.client.createSegment(other, options: TestBed.options(key: "k1"))
        }
    }

    @Test("segments are listed in pages, however long their rules are")
    func pages() async throws {
        let bed = try await TestBed.make(traits: ["age": .integer, "contact": .text])
        let long = "contact = \"" + String(repeating: "x", count: 60_000) + "\""
        var created: [Int64] = []
        for index in 0..<56 {
            created.append(try await bed.segment(index % 4 == 0 ? long : "age > \(index)").segmentID)
        }
        var listed: [Int64] = []
        var pages = 0
        for try await page in bed.client.listSegmentsPages(.init(), options: TestBed.options()) {
            listed += page.segments.map(\.segmentID)
            pages += 1
            #expect(try page.packed().count <= 512 * 1024)
        }
        #expect(listed == created)
        #expect(pages > 2)
    }

    @Test("changes and refusals of changes are in the audit log")
    func audited() async throws {
        let bed = try await TestBed.make(traits: ["age": .integer])
        let segment = try await bed.segment("age > 3")
        let reader = Principal(user: "zhao", roles: ["manager"], officePath: "/head/")
        let refused = await #expect(throws: RPCError.self) {
            try await bed.client.updateSegment(
                .init(segmentID: segment.segmentID, version: 1, name: "x"), options: TestBed.options(reader))
        }
        #expect(refused?.code == .permissionDenied)
        let entries = try await bed.administrator.query(
            "SELECT who, entry_right, what, result FROM audit.entry WHERE service = 'segmentation' ORDER BY sequence")
        let found = try entries.map { row in
            let (who, right, what, result) = try row.decode(String.self, String.self, String.self, String.self)
            return "\(who) \(right) \(what) \(result)"
        }
        #expect(
            found == [
                "li.wei segments.edit segment \(segment.segmentID) done",
                "zhao segments.edit segment \(segment.segmentID) refused",
            ])
    }
}
