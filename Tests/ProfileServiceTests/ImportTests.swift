internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import Testing

@Suite("Bulk import")
struct ImportTests {
    private static func row(_ number: Int64, age: Int64?) -> ProfileV1.ImportRow {
        ProfileV1.ImportRow(
            rowNumber: number, identities: [ProfileBed.identity("\(number)")], officePath: "/head/", manager: "m1",
            traits: [ProfileV1.Trait(name: "age", value: age.map { .integer($0) })],
            consents: [ProfileV1.Consent(purpose: "marketing", channel: "sms", granted: true)],
            events: [
                ProfileV1.Event(
                    eventID: "e\(number)",
                    customer: ProfileBed.reference("\(number)"), type: "app.login",
                    occurredAtMicros: ProfileBed.now.microseconds)
            ])
    }

    private static func open(_ bed: ProfileBed) async throws -> Int64 {
        _ = try await bed.client.defineTraits(
            ProfileV1.DefineTraitsRequest(traits: [CustomerTests.trait("age", .integer, .c1)]),
            options: ProfileBed.options())
        return try await bed.client.openImport(
            ProfileV1.OpenImportRequest(
                importKey: String(repeating: "a", count: 64), title: "test", mappingJSON: "{}"),
            options: ProfileBed.options()
        ).importID
    }

    @Test("stores all of a row, names rejected rows, and answers a repeated chunk from what was stored")
    func chunks() async throws {
        let bed = try await ProfileBed.make()
        let importID = try await Self.open(bed)
        var rows = (1...50).map { Self.row($0, age: $0) }
        rows[6].traits = [ProfileV1.Trait(name: "unheard_of", value: .flag(true))]
        rows[7].traits = [ProfileV1.Trait(name: "age", value: .text("old"))]
        let request = ProfileV1.ImportRowsRequest(importID: importID, chunk: 0, rows: rows, source: "core")
        let reply = try await bed.client.importRows(request, options: ProfileBed.options())
        #expect(reply.rowsAccepted == 48)
        #expect(reply.rejected.map(\.rowNumber) == [7, 8])
        #expect(reply.rejected.map { $0.refusal?.field } == ["traits[0].name", "traits[0].value"])
        #expect(try await bed.client.importRows(request, options: ProfileBed.options()) == reply)
        #expect(try await bed.count("SELECT count(*) FROM profile.customer") == 48)
        #expect(try await bed.count("SELECT count(*) FROM profile.log WHERE kind = 1") == 48)
        #expect(try await bed.count("SELECT sum(trait_age)::bigint FROM profile.published_customer") == 1_275 - 15)
        await #expect {
            var later = request
            later.chunk = 5
            return try await bed.client.importRows(later, options: ProfileBed.options())
        } throws: { ($0 as? RPCError)?.code == .failedPrecondition }
    }

    @Test("logs a trait only where it changes, with what it was, and unknown takes a value away")
    func changes() async throws {
        let bed = try await ProfileBed.make()
        let importID = try await Self.open(bed)
        for (chunk, age) in ([30, 30, 31, nil] as [Int64?]).enumerated() {
            _ = try await bed.client.importRows(
                ProfileV1.ImportRowsRequest(
                    importID: importID, chunk: Int64(chunk), rows: [Self.row(1, age: age)], source: "core"),
                options: ProfileBed.options())
        }
        let bodies = try await bed.administrator.query(
            "SELECT body FROM profile.log WHERE kind = 2 ORDER BY log_offset")
        let changes = try bodies.map {
            try ProfileV1.TraitsChanged(unpacking: $0.decode(0, as: [UInt8].self)).changes[0]
        }
        #expect(changes.map(\.oldValue?.value) == [nil, .integer(30), .integer(31)])
        #expect(changes.map(\.newValue?.value) == [.integer(30), .integer(31), nil])
        #expect(try await bed.count("SELECT count(*) FROM profile.customer_trait WHERE trait_age IS NULL") == 1)
    }

    @Test("makes the same customers of a file whatever the size of its chunks", arguments: [1, 2, 100])
    func chunkSizes(chunkRows: Int) async throws {
        let bed = try await ProfileBed.make()
        let importID = try await Self.open(bed)
        try await bed.identify("2", office: "/head/")
        let rows = [
            ("1", "", "m1"), ("1", "/head/east/", ""), ("2", "/head/west/", ""), ("2", "", "m2"), ("3", "/head/", "m3"),
        ].enumerated().map { index, row in
            ProfileV1.ImportRow(
                rowNumber: Int64(index + 1), identities: [ProfileBed.identity(row.0)], officePath: row.1,
                manager: row.2,
                consents: [.init(purpose: "m", channel: "sms", granted: index != 0)])
        }
        for (chunk, start) in stride(from: 0, to: rows.count, by: chunkRows).enumerated() {
            let reply = try await bed.client.importRows(
                ProfileV1.ImportRowsRequest(
                    importID: importID, chunk: Int64(chunk),
                    rows: Array(rows[start..<min(start + chunkRows, rows.count)]), source: "core"),
                options: ProfileBed.options())
            #expect(reply.rejected.isEmpty)
        }
        let stored = try await bed.administrator.query(
            "SELECT customer_number || office_path || manager FROM profile.customer ORDER BY customer_number")
        #expect(
            try stored.map { try $0.decode(0, as: String.self) } == ["1/head/east/m1", "2/head/west/m2", "3/head/m3"])
        // The first row of the first customer withdraws; the second, of the same moment, takes it not back.
        #expect(try await bed.count("SELECT count(*) FROM profile.consent WHERE NOT granted") == 1)
        #expect(try await bed.count("SELECT count(*) FROM profile.consent WHERE granted") == 2)
    }

    @Test("stores the same of many rows, which come by COPY, as of few, also where much stands already")
    func manyRows() async throws {
        func stored(chunkRows: Int) async throws -> [[String]] {
            let bed = try await ProfileBed.make()
            let importID = try await Self.open(bed)
            // Every third customer stands already, with a consent and an age that the file changes.
            let standing = stride(from: 3, through: 120, by: 3).map { Self.row($0, age: 1) }
            // Beside its number each row links an account; that of each fifth row is the one before's.
            let rows = (1...120 as ClosedRange<Int64>).map { number in
                var row = Self.row(number, age: number)
                row.rowNumber += Int64(standing.count)
                let account = number.isMultiple(of: 5) ? number - 1 : number
                row.identities.append(ProfileBed.identity("a\(account)", kind: "account"))
                row.consents[0].granted = !number.isMultiple(of: 2)
                return row
            }
            var chunk: Int64 = 0
            for part in [standing, rows] {
                for start in stride(from: 0, to: part.count, by: chunkRows) {
                    let end = min(start + chunkRows, part.count)
                    _ = try await bed.client.importRows(
                        .init(importID: importID, chunk: chunk, rows: Array(part[start..<end]), source: "core"),
                        options: ProfileBed.options())
                    chunk += 1
                }
            }
            let statements: [SQL] = [
                "SELECT c.customer_number || c.office_path || c.manager FROM profile.customer c ORDER BY 1",
                """
                SELECT c.customer_number || ' ' || i.kind || ' ' || i.value FROM profile.identity i
                JOIN profile.customer c USING (partition, customer_id) ORDER BY 1
                """,
                """
                SELECT c.customer_number || ' ' || i.kind || ' ' || i.value FROM profile.identity_claim i
                JOIN profile.customer c USING (partition, customer_id) ORDER BY 1
                """,
                """
                SELECT c.customer_number || ' ' || n.granted || n.valid_from || n.source FROM profile.consent n
                JOIN profile.customer c USING (partition, customer_id) ORDER BY 1
                """,
                """
                SELECT c.customer_number || ' ' || t.trait_age FROM profile.customer_trait t
                JOIN profile.customer c USING (partition, customer_id) ORDER BY 1
                """,
                """
                SELECT c.customer_number FROM profile.consent_guard g
                JOIN profile.customer c USING (partition, customer_id) ORDER BY 1
                """,
            ]
            var all: [[String]] = []
            for statement in statements {
                all.append(try await bed.administrator.query(statement).map { try $0.decode(0) })
            }
            return all
        }
        let few = try await stored(chunkRows: 20)
        #expect(few.allSatisfy { $0.count >= 90 })
        #expect(try await stored(chunkRows: 120) == few)
    }

    /// What rows say of one customer's consent, in their order: granted, and the hour from now on from which it is valid.
    private static let words: [[(granted: Bool, hour: Int64)]] = [
        // A grant from before another, one from between a beginning to come and now, and both by way of a withdrawal.
        [(true, -1), (true, -2)], [(true, -2), (true, -1)], [(true, 5), (true, 2)], [(true, 2), (true, 5)],
        [(false, -2), (true, -1)], [(true, -1), (false, -2)], [(false, 3), (true, 2)], [(false, -3), (true, 1)],
        [(false, 3), (true, 5), (true, 4)], [(true, 4), (false, 3), (true, 5), (true, 1)],
    ]

    @Test("leaves the same consents whatever the size of its chunks", arguments: [[], [(false, 3)], [(true, -1)]])
    func consentsOfChunks(standing: [(granted: Bool, hour: Int64)]) async throws {
        func consents(chunkRows: Int) async throws -> [String] {
            let bed = try await ProfileBed.make()
            let importID = try await Self.open(bed)
            let longest = Self.words.map(\.count).max() ?? 0
            // Row by row through all customers, so that what is said of one falls into as many chunks as can be.
            var rows: [ProfileV1.ImportRow] = []
            for turn in 0..<(standing.count + longest) {
                for (customer, said) in Self.words.enumerated() {
                    let all = standing + said
                    guard turn < all.count else { continue }
                    let from = ProfileBed.now.addingTimeInterval(Double(all[turn].hour) * 3_600)
                    rows.append(
                        ProfileV1.ImportRow(
                            rowNumber: Int64(rows.count + 1), identities: [ProfileBed.identity("\(customer)")],
                            officePath: "/head/",
                            consents: [
                                .init(
                                    purpose: "m", channel: "sms", granted: all[turn].granted,
                                    validFromMicros: from.microseconds)
                            ]))
                }
            }
            var chunk: Int64 = 0
            // What stands already came in a chunk of its own.
            var sent = standing.isEmpty ? 0 : Self.words.count
            for part in [rows[..<sent], rows[sent...]] where !part.isEmpty {
                sent = part.startIndex
                while sent < part.endIndex {
                    let end = min(sent + chunkRows, part.endIndex)
                    let reply = try await bed.client.importRows(
                        .init(importID: importID, chunk: chunk, rows: Array(rows[sent..<end]), source: "core"),
                        options: ProfileBed.options())
                    #expect(reply.rejected.isEmpty)
                    (sent, chunk) = (end, chunk + 1)
                }
            }
            let stored = try await bed.administrator.query(
                """
                SELECT c.customer_number || ' ' || n.granted || ' ' || n.valid_from
                FROM profile.consent n JOIN profile.customer c USING (partition, customer_id)
                ORDER BY c.customer_number
                """)
            return try stored.map { try $0.decode(0, as: String.self) }
        }
        let apart = try await consents(chunkRows: 1)
        #expect(apart.count == Self.words.count)
        #expect(try await consents(chunkRows: 100) == apart)
        #expect(try await consents(chunkRows: 7) == apart)
    }

    @Test("tells in which zone the days of its file begin")
    func zone() async throws {
        let bed = try await ProfileBed.make()
        let opened = try await bed.client.openImport(
            .init(importKey: String(repeating: "a", count: 64), title: "test", mappingJSON: "{}"),
            options: ProfileBed.options())
        #expect(opened.timeZone == "GMT")
    }

    @Test("does not take back what a customer has said since the import was opened")
    func optOutMeanwhile() async throws {
        let bed = try await ProfileBed.make()
        let importID = try await Self.open(bed)
        try await bed.identify("1")
        try await bed.identify("2")
        let out = ProfileV1.SetConsentsRequest(
            customer: ProfileBed.reference("1"),
            consents: [.init(purpose: "marketing", channel: "sms", granted: false)])
        // The bed's clock stands still: the customer speaks at the moment at which the import was opened.
        _ = try await bed.client.setConsents(out, options: ProfileBed.options())
        _ = try await bed.client.importRows(
            ProfileV1.ImportRowsRequest(
                importID: importID, chunk: 0, rows: [Self.row(1, age: 1), Self.row(2, age: 2)], source: "core"),
            options: ProfileBed.options())
        #expect(try await bed.count("SELECT count(*) FROM profile.consent WHERE NOT granted") == 1)
        #expect(try await bed.count("SELECT count(*) FROM profile.consent WHERE granted") == 1)
        #expect(
            try await bed.count("SELECT sum(trait_age)::bigint FROM profile.published_customer") == 3,
            "the rest of the row is stored")
        var again = out
        again.consents[0].granted = true
        again.consents[0].validFromMicros = ProfileBed.now.microseconds - 1
        await #expect {
            try await bed.client.setConsents(again, options: ProfileBed.options())
        } throws: { ($0 as? RPCError)?.code == .failedPrecondition }
        again.consents[0].validFromMicros = 0
        _ = try await bed.client.setConsents(again, options: ProfileBed.options())
        #expect(try await bed.count("SELECT count(*) FROM profile.consent WHERE granted") == 2)
    }

    @Test("keeps apart what only looks the same: identities, and events of one customer")
    func lookAlikes() async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("K100")
        let events = ["\u{E9}1", "e\u{301}1", "\u{E9}1"].map { ProfileBed.event($0, of: "K100") }
        let reply = try await bed.client.track(ProfileV1.TrackRequest(events: events), options: ProfileBed.options())
        #expect(reply.results.map(\.status) == [.accepted, .accepted, .duplicate])
        let other = try await bed.client.track(
            ProfileV1.TrackRequest(events: [ProfileBed.event("2", of: "\u{212A}100")]), options: ProfileBed.options())
        #expect(other.results.map(\.refusal?.code) == ["unknown_customer"])
    }
}
