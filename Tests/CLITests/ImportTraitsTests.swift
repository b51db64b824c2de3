internal import Contracts
internal import Foundation
internal import RPC
internal import Testing

@testable internal import ZhikeCommands

@Suite("the traits of an import")
struct ImportTraitsTests {
    private struct Files {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zhike-test-\(UUID().uuidString)")

        init(rows: [String], cityType: String = "text") throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let text = (["number,age,city"] + rows).joined(separator: "\n")
            try Data(text.utf8).write(to: folder.appending(path: "f.csv"))
            try Data(
                #"""
                {"title": "t", "source": "s", "customer_number": {"column": "number"},
                 "columns": {"number": {"known": "before", "ignore": true},
                             "age": {"known": "before",
                                     "trait": {"name": "age", "type": "integer", "meaning": "Age"}},
                             "city": {"known": "before",
                                      "trait": {"name": "city", "type": "\#(cityType)", "meaning": "City"}}}}
                """#.utf8
            ).write(to: folder.appending(path: "m.json"))
        }

        func run(_ suite: FakeSuite) async throws -> FileImport.Outcome { try await runWithRejects(suite).outcome }

        /// The outcome, and what stands in the file of rejected rows; nothing where there is none.
        func runWithRejects(_ suite: FakeSuite) async throws -> (outcome: FileImport.Outcome, rejects: String) {
            defer { try? FileManager.default.removeItem(at: folder) }
            let outcome = try await FileImport(
                profile: .init(suite), file: folder.appending(path: "f.csv"),
                mappingFile: folder.appending(path: "m.json")
            ).run()
            let rejects = try? String(contentsOf: folder.appending(path: "f.rejects.csv"), encoding: .utf8)
            return (outcome, rejects ?? "")
        }
    }

    private static func trait(_ name: String, _ type: ProfileV1.TraitType) -> ProfileV1.TraitDefinition {
        ProfileV1.TraitDefinition(
            name: name, type: type, meaning: "as it stands", source: "other", sensitivity: .c3, known: .before)
    }

    @Test("are declared where the dictionary lacks them; what it has stays as it stands there")
    func missing() async throws {
        let suite = FakeSuite()
        suite.state.withLock { $0.traits = [Self.trait("city", .text)] }
        _ = try await Files(rows: ["C1,41,a"]).run(suite)
        #expect(suite.state.withLock { $0.declared.map(\.name) } == ["age"])
        #expect(suite.state.withLock { $0.declared.map(\.sensitivity) } == [.c2])
        // Whoever may not change the dictionary can import what it has.
        _ = try await Files(rows: ["C2,42,b"]).run(suite)
        #expect(suite.state.withLock { $0.declared.count } == 1)
    }

    @Test("that are days begin in the zone that the profile service names, and in UTC where it names none")
    func days() async throws {
        for (zone, micros) in [("Asia/Shanghai", 1_772_380_800_000_000), ("", 1_772_409_600_000_000)]
            as [(String, Int64)]
        {
            let suite = FakeSuite()
            suite.state.withLock { $0.timeZone = zone }
            _ = try await Files(rows: ["C1,41,2026-03-02"], cityType: "time").run(suite)
            #expect(suite.state.withLock { $0.storedTraits[0][1].value } == .timeMicros(micros))
        }
    }

    @Test("that the service refuses stand under their column in the file of rejected rows")
    func refusedColumn() async throws {
        let suite = FakeSuite()
        suite.state.withLock { $0.refusedField = "traits[1].value" }
        let rejects = try await Files(rows: ["refuse-1,41,a"]).runWithRejects(suite).rejects
        #expect(rejects == "row,column,reason\r\n1,city,Not this one.\r\n")
    }

    @Test("stop it before it is opened where the dictionary says another type")
    func otherType() async throws {
        let suite = FakeSuite()
        suite.state.withLock { $0.traits = [Self.trait("city", .integer)] }
        await #expect {
            try await Files(rows: ["C1,41,a"]).run(suite)
        } throws: { ($0 as? RuntimeError)?.message.contains("columns.city.trait.type") == true }
        #expect(suite.state.withLock { $0.openings == 0 && $0.declared.isEmpty })
    }

    @Test("that are refused do not pile up while a few rows wait to be sent")
    func manyRejects() async throws {
        let suite = FakeSuite()
        let rows = ["C1,41,a"] + Array(repeating: "C2,old,b", count: 2_500) + ["C3,43,c"]
        let outcome = try await Files(rows: rows).run(suite)
        #expect(outcome.accepted == 2 && outcome.rejected == 2_500)
        #expect(suite.state.withLock { $0.replies.count } == 2)
    }
}
