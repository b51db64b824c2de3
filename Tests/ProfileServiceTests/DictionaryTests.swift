internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("The dictionary of the bank")
struct DictionaryTests {
    private static func define(
        _ bed: ProfileBed, _ traits: [ProfileV1.TraitDefinition], by person: Principal = ProfileBed.everywhere
    ) async throws {
        _ = try await bed.client.defineTraits(
            ProfileV1.DefineTraitsRequest(traits: traits), options: ProfileBed.options(person))
    }

    @Test("is changed by the head office alone, and who is refused is audited")
    func branch() async throws {
        let bed = try await ProfileBed.make()
        try await Self.define(bed, [CustomerTests.trait("phone", .text, .c3)])
        let branch = Principal(user: "li.branch", roles: ["admin"], officePath: "/head/east/")
        await #expect {
            try await Self.define(bed, [CustomerTests.trait("phone", .text, .c1)], by: branch)
        } throws: { ($0 as? RPCError)?.code == .permissionDenied }
        #expect(try await bed.count("SELECT count(*) FROM profile.trait WHERE sensitivity = 3") == 1)
        let refused = try await bed.count(
            """
            SELECT count(*) FROM audit.entry WHERE who = 'li.branch' AND entry_right = 'dictionary.edit'
                AND reason = 'OFFICE' AND result = 'refused'
            """)
        #expect(refused == 1)
    }

    @Test("shows in the audit log from which sensitivity to which a trait went")
    func audited() async throws {
        let bed = try await ProfileBed.make()
        try await Self.define(bed, [CustomerTests.trait("phone", .text, .c3)])
        try await Self.define(
            bed, [CustomerTests.trait("phone", .text, .c1), CustomerTests.trait("age", .integer, .c2)])
        let entries = try await bed.administrator.query(
            "SELECT what FROM audit.entry WHERE entry_right = 'dictionary.edit' ORDER BY sequence")
        #expect(
            try entries.map { try $0.decode(0, as: String.self) }
                == ["traits phone (C3)", "traits age (C2), phone (C3 -> C1)"])
    }

    @Test("grows while a reader stands between a view and its tables, and neither waits for the other in a ring")
    func readers() async throws {
        let bed = try await ProfileBed.make()
        try await Self.define(bed, [CustomerTests.trait("age", .integer, .c1)])
        let options = TransactionOptions(maximumAttempts: 1)
        let defined = try await bed.administrator.transaction(options) { reader in
            // In a ring it would be the reader that is broken off.
            try await reader.execute("SET LOCAL deadlock_timeout = '1ms'")
            // Holds the view and none of its tables, as a reader does for a moment.
            try await reader.execute("COMMENT ON VIEW profile.published_customer IS 'read'")
            let defined = Task { try await Self.define(bed, [CustomerTests.trait("city", .text, .c1)]) }
            try await eventually("the dictionary waits for the reader") {
                try await bed.count(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """) > 0
            }
            _ = try await reader.query("SELECT trait_age FROM profile.published_customer")
            return defined
        }
        try await defined.value
        #expect(try await bed.count("SELECT count(trait_city) FROM profile.published_customer") == 0)
    }

    private static let values: [(name: String, type: ProfileV1.TraitType, value: ProfileV1.Trait.Value)] = [
        ("t_text", .text, .text("文")), ("t_integer", .integer, .integer(.max)),
        ("t_decimal", .decimal, .decimal(-0.25)), ("t_flag", .flag, .flag(true)),
        ("t_time", .time, .timeMicros(1_772_416_800_000_001)),
    ]

    @Test("has values of every type written and taken away, by few rows and by many", arguments: [1, 50, 51])
    func types(count: Int) async throws {
        let bed = try await ProfileBed.make()
        try await Self.define(bed, Self.values.map { CustomerTests.trait($0.name, $0.type, .c1) })
        let importID = try await bed.client.openImport(
            ProfileV1.OpenImportRequest(
                importKey: String(repeating: "a", count: 64), title: "t", mappingJSON: "{}"),
            options: ProfileBed.options()
        ).importID
        let full = Self.values.map { ProfileV1.Trait(name: $0.name, value: $0.value) }
        let empty = Self.values.map { ProfileV1.Trait(name: $0.name, value: nil) }
        for (chunk, traits) in [full, empty, full].enumerated() {
            let rows = (1...count).map { number in
                ProfileV1.ImportRow(
                    rowNumber: Int64(number), identities: [ProfileBed.identity("\(number)")], traits: traits)
            }
            let reply = try await bed.client.importRows(
                ProfileV1.ImportRowsRequest(importID: importID, chunk: Int64(chunk), rows: rows, source: "core"),
                options: ProfileBed.options())
            #expect(reply.rowsAccepted == Int64(count))
            let shown = try await bed.client.getCustomer(
                .init(customer: ProfileBed.reference("\(count)")), options: ProfileBed.options())
            let wanted = chunk == 1 ? [] : Self.values.sorted { $0.name < $1.name }
            #expect(shown.customer?.traits.map(\.value) == wanted.map(\.value))
        }
        let provenance = try await bed.count(
            "SELECT count(*) FROM profile.customer_trait WHERE provenance #>> '{t_time,0}' = 'core'")
        #expect(provenance == Int64(count))
        let temporary = try await bed.count("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'pg_temp%'")
        #expect((temporary > 0) == (count > 50), "a single customer needs no table of its own")
    }

    @Test("refuses a time that the database could not keep, and names it")
    func times() async throws {
        let bed = try await ProfileBed.make()
        try await Self.define(bed, [CustomerTests.trait("since", .time, .c1)])
        let far = ProfileV1.Trait(name: "since", value: .timeMicros(.max))
        await #expect {
            try await bed.identify("1", traits: [far])
        } throws: {
            ($0 as? RPCError)?.code == .invalidArgument && ($0 as? RPCError)?.field == "traits[0].value"
        }
        try await bed.identify("1")
        for (consent, field) in [
            (ProfileV1.Consent(purpose: "m", channel: "*", granted: true, validFromMicros: .min), "valid_from"),
            (ProfileV1.Consent(purpose: "m", channel: "*", granted: true, validUntilMicros: .max), "valid_until"),
        ] {
            await #expect {
                try await bed.client.setConsents(
                    .init(customer: ProfileBed.reference("1"), consents: [consent]), options: ProfileBed.options())
            } throws: {
                ($0 as? RPCError)?.code == .invalidArgument && ($0 as? RPCError)?.field == "consents[0].\(field)"
            }
        }
    }
}
