internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("Two writers of the head office at once")
struct TwoWritersTests {
    private static let age = "age"
    private static let city = "city"

    private static func bed() async throws -> ProfileBed {
        let bed = try await ProfileBed.make()
        _ = try await bed.client.defineTraits(
            ProfileV1.DefineTraitsRequest(traits: [
                CustomerTests.trait(age, .integer, .c1), CustomerTests.trait(city, .text, .c1),
            ]), options: ProfileBed.options())
        return bed
    }

    private static func traits(_ number: Int64, _ text: String) -> [ProfileV1.Trait] {
        [
            ProfileV1.Trait(name: age, value: .integer(number)),
            ProfileV1.Trait(name: city, value: .text(text)),
        ]
    }

    private static func waits(_ bed: ProfileBed) async throws {
        try await eventually("the second writer waits for the first") {
            try await bed.count(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """) > 0
        }
    }

    private static func logged<Body: Sendable>(
        _ kind: Int64, _ bed: ProfileBed, _ read: ([UInt8]) throws -> Body
    ) async throws -> [Body] {
        let rows = try await bed.administrator.query(
            "SELECT body FROM profile.log WHERE kind = \(kind) ORDER BY partition, log_offset")
        return try rows.map { try read($0.decode(0, as: [UInt8].self)) }
    }

    @Test("one who names a manager alone does not take back the other's move to another office")
    func move() async throws {
        let bed = try await Self.bed()
        try await bed.identify("1", office: "/head/east/")
        let sent = try await bed.administrator.transaction { first in
            try await first.execute("UPDATE profile.customer SET office_path = '/head/west/'")
            let sent = Task {
                try await bed.client.identify(
                    ProfileV1.IdentifyRequest(identity: ProfileBed.identity("1"), manager: "m2"),
                    options: ProfileBed.options())
            }
            try await Self.waits(bed)
            return sent
        }
        _ = try await sent.value
        let stored = try await bed.administrator.query("SELECT office_path || manager FROM profile.customer")
        #expect(try stored.map { try $0.decode(0, as: String.self) } == ["/head/west/m2"])
        let moves = try await Self.logged(6, bed) { try ProfileV1.CustomerAssigned(unpacking: $0) }
        #expect(moves.map { $0.officePath + $0.manager } == ["/head/west/m2"])
    }

    @Test("one who repeats a trait as it was logs that it takes the other's new value away")
    func trait() async throws {
        let bed = try await Self.bed()
        try await bed.identify("1", traits: Self.traits(30, "a"))
        let sent = try await bed.administrator.transaction { first in
            try await first.execute("SELECT 1 FROM profile.customer FOR NO KEY UPDATE")
            try await first.execute("UPDATE profile.customer_trait SET trait_age = 50")
            let sent = Task {
                try await bed.identify("1", traits: Self.traits(30, "b"))
            }
            try await Self.waits(bed)
            return sent
        }
        _ = try await sent.value
        let changes = try await Self.logged(2, bed) { try ProfileV1.TraitsChanged(unpacking: $0).changes }
        #expect(changes.last?.map(\.name) == [Self.age, Self.city])
        #expect(changes.last?.first?.oldValue?.value == .integer(50))
        #expect(try await bed.count("SELECT trait_age FROM profile.customer_trait") == 30)
    }

    @Test("many writers of many customers in any order leave a log that leads to the table, step by step")
    func chain() async throws {
        let bed = try await Self.bed()
        for number in 1...6 { try await bed.identify("\(number)", traits: Self.traits(0, "0")) }
        let imports = try await [Character("a"), "b"].asyncMap { key in
            try await bed.client.openImport(
                ProfileV1.OpenImportRequest(
                    importKey: String(repeating: key, count: 64), title: "t", mappingJSON: "{}"),
                options: ProfileBed.options()
            ).importID
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (place, importID) in imports.enumerated() {
                group.addTask {
                    for chunk in Int64(0)..<8 {
                        let numbers = place == 0 ? Array(1...6) : (1...6).reversed()
                        let rows = numbers.map { number in
                            ProfileV1.ImportRow(
                                rowNumber: Int64(number), identities: [ProfileBed.identity("\(number)")],
                                traits: Self.traits(chunk % 3, "\((chunk + Int64(place)) % 2)"))
                        }
                        let reply = try await bed.client.importRows(
                            ProfileV1.ImportRowsRequest(importID: importID, chunk: chunk, rows: rows, source: "s"),
                            options: ProfileBed.options())
                        #expect(reply.rejected.isEmpty)
                    }
                }
            }
            for writer in 0..<4 {
                group.addTask {
                    for turn in 0..<12 {
                        try await bed.identify(
                            "\(turn % 6 + 1)", traits: Self.traits(Int64((turn + writer) % 3), "\(turn % 2)"))
                    }
                }
            }
            try await group.waitForAll()
        }
        let rows = try await bed.administrator.query(
            """
            SELECT l.customer_id, l.body, t.trait_age, t.trait_city
            FROM profile.log l JOIN profile.customer_trait t USING (partition, customer_id)
            WHERE l.kind = 2 ORDER BY l.partition, l.log_offset
            """)
        var last: [Int64: [String: ProfileV1.TraitValue]] = [:]
        for row in rows {
            let id = try row.decode(0, as: Int64.self)
            for change in try ProfileV1.TraitsChanged(unpacking: row.decode(1, as: [UInt8].self)).changes {
                #expect(last[id]?[change.name] == change.oldValue, "a value that no entry tells of")
                last[id, default: [:]][change.name] = change.newValue
            }
        }
        for row in rows {
            let values = last[try row.decode(0, as: Int64.self)]
            #expect(try values?[Self.age]?.value == .integer(row.decode(2, as: Int64.self)))
            #expect(try values?[Self.city]?.value == .text(row.decode(3, as: String.self)))
        }
    }
}

extension Array {
    fileprivate func asyncMap<New>(_ make: (Element) async throws -> New) async throws -> [New] {
        var made: [New] = []
        for one in self { made.append(try await make(one)) }
        return made
    }
}
