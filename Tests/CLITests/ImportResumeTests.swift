internal import Contracts
internal import Foundation
internal import RPC
internal import Testing

@testable internal import ZhikeCommands

@Suite("an import that is interrupted")
struct ImportResumeTests {
    /// A file of 100 rows: every tenth is refused by the service, every seventh by the mapping.
    private struct Files {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zhike-test-\(UUID().uuidString)")
        var file: URL { folder.appending(path: "customers.csv") }
        var mapping: URL { folder.appending(path: "mapping.json") }
        var rejects: URL { folder.appending(path: "customers.rejects.csv") }

        static let refusedRows = (1...100).filter { $0 % 10 == 0 || $0 % 7 == 0 }

        init() throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let rows = (1...100).map { number in
                let name = number % 10 == 0 ? "refuse-\(number)" : "C\(number)"
                return "\(name),\(number % 7 == 0 ? "old" : "41"),\(number % 2 == 0 ? "mail" : "none")"
            }
            try Data((["number,age,arm"] + rows).joined(separator: "\n").utf8).write(to: file)
            try Data(
                #"""
                {"title": "t", "source": "s", "customer_number": {"column": "number"},
                 "columns": {"number": {"known": "before", "ignore": true}, "arm": {"known": "after", "ignore": true},
                             "age": {"known": "before",
                                     "trait": {"name": "age", "type": "integer", "meaning": "Age"}}},
                 "past_campaign": {"name": "past", "arm_column": "arm", "arms": ["mail", "none"], "control_arm": "none",
                                   "channel": "email", "contacted_at": "2008-03-20T10:00:00Z", "event_type": "visit",
                                   "window_days": 14, "outcome_column": "age", "outcome_equals": "41"}}
                """#.utf8
            ).write(to: mapping)
        }

        func run(_ suite: FakeSuite, chunkRows: Int) async throws -> FileImport.Outcome {
            try await FileImport(
                profile: .init(suite), file: file, mappingFile: mapping, chunkRows: chunkRows
            ).run()
        }

        func runPast(_ suite: FakeSuite, chunkRows: Int) async throws -> PastCampaignImport.Outcome {
            try await PastCampaignImport(
                campaign: .init(suite), file: file, mappingFile: mapping, chunkRows: chunkRows
            ).outcome()
        }

        /// Numbers of the rows in the rejects file, in its order.
        func rejectedRows(_ rejects: URL? = nil) throws -> [Int] {
            let text = try String(contentsOf: rejects ?? self.rejects, encoding: .utf8)
            return text.split(separator: "\r\n").dropFirst().compactMap { Int($0.prefix { $0 != "," }) }
        }

        func remove() { try? FileManager.default.removeItem(at: folder) }
    }

    @Test("goes on where it stood, whatever the size of its chunks, and ends with all refused rows once")
    func resume() async throws {
        let files = try Files()
        defer { files.remove() }
        let suite = FakeSuite()
        for (chunkRows, chunks) in [(7, 3), (30, 1), (4, 2)] {
            suite.state.withLock { $0.chunksUntilLoss = chunks }
            await #expect(throws: RPCError.self) { try await files.run(suite, chunkRows: chunkRows) }
        }
        suite.state.withLock { $0.chunksUntilLoss = .max }
        let outcome = try await files.run(suite, chunkRows: 11)
        let stored = suite.state.withLock { $0.storedRows }
        #expect(stored == (1...100).map(Int64.init).filter { !Files.refusedRows.contains(Int($0)) })
        #expect(try files.rejectedRows() == Files.refusedRows)
        #expect(outcome.accepted == Int64(stored.count) && outcome.rejected == Int64(Files.refusedRows.count))
        #expect(outcome.position?.offsets == [CommonV1.PartitionOffset(partition: 1, offset: Int64(stored.count))])
    }

    @Test("keeps the rejects of the run before while the next one is under way")
    func rejects() async throws {
        let files = try Files()
        defer { files.remove() }
        let suite = FakeSuite()
        suite.state.withLock { $0.chunksUntilLoss = 5 }
        await #expect(throws: RPCError.self) { try await files.run(suite, chunkRows: 8) }
        let first = try files.rejectedRows()
        #expect(!first.isEmpty && first == Array(Files.refusedRows.prefix(first.count)))
        suite.state.withLock { $0.chunksUntilLoss = 1 }
        await #expect(throws: RPCError.self) { try await files.run(suite, chunkRows: 8) }
        let second = try files.rejectedRows()
        #expect(second.count >= first.count && second == Array(Files.refusedRows.prefix(second.count)))
    }

    @Test("says the same when it is run once more after its end, also where the rejects file was lost")
    func again() async throws {
        let files = try Files()
        defer { files.remove() }
        let suite = FakeSuite()
        let first = try await files.run(suite, chunkRows: 20)
        try FileManager.default.removeItem(at: files.rejects)
        let second = try await files.run(suite, chunkRows: 9)
        #expect(first.accepted == second.accepted && first.rejected == second.rejected)
        #expect(try files.rejectedRows() == Files.refusedRows)
        #expect(suite.state.withLock { $0.storedRows.count } == Int(first.accepted))
    }

    @Test("of a past campaign leaves the refused rows of its customers where they are")
    func pastBesideCustomers() async throws {
        let files = try Files()
        defer { files.remove() }
        _ = try await files.run(FakeSuite(), chunkRows: 50)
        _ = try await files.runPast(FakeSuite(), chunkRows: 50)
        #expect(try files.rejectedRows() == Files.refusedRows)
    }

    @Test("of a past campaign goes on in the same way")
    func past() async throws {
        let files = try Files()
        defer { files.remove() }
        let suite = FakeSuite()
        suite.state.withLock { $0.chunksUntilLoss = 3 }
        await #expect(throws: RPCError.self) { try await files.runPast(suite, chunkRows: 9) }
        suite.state.withLock { $0.chunksUntilLoss = .max }
        let outcome = try await files.runPast(suite, chunkRows: 25)
        let refused = (1...100).filter { $0 % 10 == 0 }
        let numbers = suite.state.withLock { $0.pastNumbers }
        #expect(numbers == (1...100).filter { $0 % 10 != 0 }.map { "C\($0)" })
        #expect(outcome.campaignID == 7 && outcome.accepted == 90 && outcome.rejected == 10)
        #expect(try files.rejectedRows(files.folder.appending(path: "customers.past.rejects.csv")) == refused)
    }

    @Test("refuses to go on where the rows that were sent are not those of the file")
    func otherRows() async throws {
        let files = try Files()
        defer { files.remove() }
        let suite = FakeSuite()
        _ = try await files.run(suite, chunkRows: 20)
        suite.state.withLock { state in
            state.replies[0].rejected[0].rowNumber = 7
        }
        await #expect {
            try await files.run(suite, chunkRows: 20)
        } throws: { ($0 as? RuntimeError)?.message.contains("another way") == true }
    }
}
