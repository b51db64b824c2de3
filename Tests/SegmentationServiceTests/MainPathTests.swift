internal import Contracts
internal import Postgres
internal import RPC
internal import Testing

@Suite("From a rule to a frozen list")
struct MainPathTests {
    @Test("a rule is checked, becomes a segment, is counted, frozen and listed")
    func wholePath() async throws {
        let bed = try await TestBed.make(traits: ["poutcome": .text, "euribor3m": .decimal, "contact": .text])
        try await bed.addCustomers([
            TestCustomer(id: 1, number: "A1", traits: ["poutcome": "'success'", "euribor3m": "4.9"]),
            TestCustomer(id: 2, number: "A2", traits: ["euribor3m": "1.4", "contact": "'cellular'"]),
            TestCustomer(id: 3, traits: ["euribor3m": "1.5", "contact": "'cellular'"]),
            TestCustomer(id: 4, traits: ["euribor3m": "1.4", "contact": "'telephone'", "poutcome": "'failure'"]),
            TestCustomer(id: 5, officePath: "/head/east/", traits: ["poutcome": "'success'"]),
            TestCustomer(id: 6, officePath: "/other/", traits: ["poutcome": "'success'"]),
        ])
        let options = TestBed.options()
        let rule = SegmentationV1.Rule(
            form: .text(#"poutcome = "success" or (euribor3m < 1.5 and contact = "cellular")"#))

        let checked = try await bed.client.checkRule(.init(rule: rule), options: options)
        #expect(checked.valid && checked.problems.isEmpty && checked.dictionaryVersion > 0)
        let fromJSON = try await bed.client.checkRule(.init(rule: .init(form: .json(checked.json))), options: options)
        #expect(fromJSON.text == checked.text)

        let created = try await bed.client.createSegment(
            .init(name: "Likely", rule: rule, officePath: "/head/"), options: options)
        let segment = try #require(created.segment)
        #expect(segment.version == 1 && segment.changedBy == "li.wei" && segment.ruleText == checked.text)

        let count = try await bed.client.count(.init(of: .segmentID(segment.segmentID)), options: options)
        #expect(count.count == 3 && count.total == 5 && count.asOfMicros == bed.now.microseconds)

        let frozen = try await bed.client.freeze(.init(segmentID: segment.segmentID), options: options)
        let snapshot = try #require(frozen.snapshot)
        #expect(snapshot.count == 3 && snapshot.segmentVersion == 1 && snapshot.ruleJSON == checked.json)
        // sha256 of the ids 1, 2 and 5, each as 8 bytes, highest first.
        #expect(snapshot.checksum == "36f6170c373069b45a318f9d1b261ed35ff7b6d99bf5e9b3edd9a137eb2ea56b")

        let read = try await bed.campaign.getSnapshot(.init(snapshotID: snapshot.snapshotID), options: CallOptions())
        #expect(read.snapshot == snapshot)
        var members: [SegmentationV1.Member] = []
        for try await page in bed.campaign.listSnapshotMembersPages(.init(snapshotID: snapshot.snapshotID)) {
            members += page.members
        }
        #expect(members.map(\.customerID).sorted() == [1, 2, 5])
        #expect(members.first { $0.customerID == 2 }?.customerNumber == "A2")
        #expect(members.first { $0.customerID == 5 }?.officePath == "/head/east/")
    }
}
