internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("Bulk import by an office")
struct ImportScopeTests {
    private static let east = importer("zhao", "/head/east/")
    private static let pudong = importer("qian", "/head/east/pudong/")
    private static let west = importer("sun", "/head/west/")

    private static func importer(_ user: String, _ office: String) -> Principal {
        Principal(user: user, roles: ["operator"], officePath: office)
    }

    private static func row(
        _ number: Int64, _ identities: [CommonV1.Identity], office: String = "/head/east/"
    ) -> ProfileV1.ImportRow {
        ProfileV1.ImportRow(
            rowNumber: number, identities: identities, officePath: office, manager: "m1",
            traits: [ProfileV1.Trait(name: "age", value: .integer(41))],
            consents: [ProfileV1.Consent(purpose: "marketing", channel: "sms", granted: true)])
    }

    private static func bed() async throws -> ProfileBed {
        let bed = try await ProfileBed.make()
        _ = try await bed.client.defineTraits(
            ProfileV1.DefineTraitsRequest(traits: [CustomerTests.trait("age", .integer, .c1)]),
            options: ProfileBed.options())
        return bed
    }

    private static func open(_ bed: ProfileBed, by person: Principal, key: Character = "a") async throws -> Int64 {
        try await bed.client.openImport(
            ProfileV1.OpenImportRequest(
                importKey: String(repeating: key, count: 64), title: "test", mappingJSON: "{}"),
            options: ProfileBed.options(person)
        ).importID
    }

    private static func send(
        _ rows: [ProfileV1.ImportRow], _ bed: ProfileBed, by person: Principal
    ) async throws -> ProfileV1.ImportRowsResponse {
        let importID = try await open(bed, by: person)
        return try await bed.client.importRows(
            ProfileV1.ImportRowsRequest(importID: importID, chunk: 0, rows: rows, source: "core"),
            options: ProfileBed.options(person))
    }

    private static func office(of number: String, _ bed: ProfileBed) async throws -> String? {
        try await bed.administrator.query(
            "SELECT office_path FROM profile.customer WHERE customer_number = \(number)"
        ).first?.decode(String.self)
    }

    private static func isUnknownImport(_ error: any Error) -> Bool {
        (error as? RPCError)?.code == .notFound && (error as? RPCError)?.field == "import_id"
    }

    @Test("changes nothing of a customer of another office, whichever identity of the row names it")
    func otherOffice() async throws {
        let bed = try await Self.bed()
        try await bed.identify("1", office: "/head/west/")
        try await bed.identify("2", office: "/head/east/pudong/")
        try await bed.identify("5")
        let phone = ProfileBed.identity("13912345678", kind: "phone")
        let other = ProfileBed.identity("13800000000", kind: "phone")
        let reply = try await Self.send(
            [
                Self.row(1, [ProfileBed.identity("1"), other]), Self.row(2, [ProfileBed.identity("2")]),
                Self.row(3, [ProfileBed.identity("3")]), Self.row(4, [phone, ProfileBed.identity("1")]),
                Self.row(5, [ProfileBed.identity("5")]),
                Self.row(6, [ProfileBed.identity("2"), ProfileBed.identity("1")]),
                Self.row(7, [other]),
            ], bed, by: Self.east)
        #expect(reply.rejected.map(\.rowNumber) == [1, 4, 5, 6])
        #expect(Set(reply.rejected.map { $0.refusal?.field }) == ["identities"])
        #expect(Set(reply.rejected.map { $0.refusal?.code }) == ["unknown_customer"])
        #expect(reply.rowsAccepted == 3)
        #expect(try await Self.office(of: "1", bed) == "/head/west/")
        #expect(try await Self.office(of: "2", bed) == "/head/east/")
        #expect(try await Self.office(of: "5", bed) == "/")
        let touched: SQL = """
            SELECT (SELECT count(*) FROM profile.consent) + (SELECT count(*) FROM profile.customer_trait)
            """
        #expect(try await bed.count(touched) == 6)
        // What a refused row would have linked names nobody, or whom a later row of the chunk made.
        #expect(try await bed.count("SELECT count(*) FROM profile.identity_claim WHERE value = '13912345678'") == 0)
        #expect(try await bed.count("SELECT count(*) FROM profile.customer") == 5)
    }

    @Test("sees a move to another office that was not yet committed when the chunk began")
    func movedMeanwhile() async throws {
        let bed = try await Self.bed()
        try await bed.identify("1", office: "/head/east/")
        let sent = try await bed.administrator.transaction { mover in
            try await mover.execute("UPDATE profile.customer SET office_path = '/head/west/'")
            let sent = Task { try await Self.send([Self.row(1, [ProfileBed.identity("1")])], bed, by: Self.east) }
            try await eventually("the chunk waits for the move") {
                try await bed.count(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """) > 0
            }
            return sent
        }
        let reply = try await sent.value
        #expect(reply.rejected.map { $0.refusal?.code } == ["unknown_customer"])
        #expect(try await bed.count("SELECT count(*) FROM profile.consent") == 0)
    }

    @Test("belongs to the office that opened it: others can neither send to it, nor read its replies, nor close it")
    func owner() async throws {
        let bed = try await Self.bed()
        let importID = try await Self.open(bed, by: Self.pudong)
        let request = ProfileV1.ImportRowsRequest(
            importID: importID, chunk: 0, rows: [Self.row(1, [ProfileBed.identity("1")], office: "/head/east/pudong/")],
            source: "core")
        let stored = try await bed.client.importRows(request, options: ProfileBed.options(Self.pudong))
        #expect(stored.rowsAccepted == 1)
        for chunk in [Int64(0), 1] {
            await #expect {
                var next = request
                next.chunk = chunk
                return try await bed.client.importRows(next, options: ProfileBed.options(Self.west))
            } throws: { Self.isUnknownImport($0) }
        }
        await #expect {
            try await bed.client.closeImport(
                ProfileV1.CloseImportRequest(importID: importID), options: ProfileBed.options(Self.west))
        } throws: { Self.isUnknownImport($0) }
        await #expect {
            try await Self.open(bed, by: Self.west)
        } throws: { ($0 as? RPCError)?.field == "import_key" }
        let opener = try await bed.administrator.query("SELECT opened_by, office_path FROM profile.import")
        #expect(try opener.map { try $0.decode(0, as: String.self) } == ["qian"])
    }

    @Test("may be gone on with and closed by an office above the one that opened it")
    func officeAbove() async throws {
        let bed = try await Self.bed()
        let importID = try await Self.open(bed, by: Self.pudong)
        for (chunk, person) in [Self.east, ProfileBed.everywhere, Self.pudong].enumerated() {
            #expect(try await Self.open(bed, by: person) == importID)
            let reply = try await bed.client.importRows(
                ProfileV1.ImportRowsRequest(importID: importID, chunk: Int64(chunk), rows: [], source: "core"),
                options: ProfileBed.options(person))
            #expect(reply.rowsAccepted == 0)
        }
        _ = try await bed.client.closeImport(
            ProfileV1.CloseImportRequest(importID: importID), options: ProfileBed.options(Self.east))
        #expect(try await bed.count("SELECT count(*) FROM profile.import WHERE closed_at IS NOT NULL") == 1)
    }

    @Test("takes the head office's rows for every customer, whatever their office")
    func headOffice() async throws {
        let bed = try await Self.bed()
        try await bed.identify("1", office: "/head/west/")
        let reply = try await Self.send(
            [Self.row(1, [ProfileBed.identity("1")])], bed, by: ProfileBed.everywhere)
        #expect(reply.rowsAccepted == 1 && reply.rejected.isEmpty)
        #expect(try await Self.office(of: "1", bed) == "/head/east/")
    }
}
