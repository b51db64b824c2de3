internal import ArgumentParser
internal import Contracts
internal import RPC

/// Groups of customers.
struct SegmentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segment", abstract: localized("Checks, counts, saves and freezes segments.", "检查、计数、保存和冻结客群。"),
        subcommands: [Check.self, Count.self, Create.self, Freeze.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: localized("Checks a rule against the dictionary.", "按数据字典检查规则。"))
        @Argument var rule: String
        @OptionGroup var connection: Connection

        func run() async throws {
            let reply = try await connection.use { clients in
                try await Patience.call(for: connection.person(["marketer"]), seconds: 5) { options in
                    try await clients.segmentation.checkRule(
                        SegmentationV1.CheckRuleRequest(rule: SegmentationV1.Rule(form: .text(rule))), options: options)
                }
            }
            for problem in reply.problems {
                let suggestion = problem.suggestion.isEmpty ? "" : "  → \(problem.suggestion)"
                Terminal.shared.result("\(problem.line):\(problem.column) \(problem.message)\(suggestion)")
            }
            if reply.valid { Terminal.shared.result(reply.text) }
            if !reply.valid { throw ExitCode.failure }
        }
    }

    struct Count: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "count", abstract: localized("Counts the customers that fit a rule.", "统计符合规则的客户数。"))
        @Argument var rule: String
        @OptionGroup var connection: Connection

        func run() async throws {
            let reply = try await connection.use { clients in
                try await Patience.call(for: connection.person(["marketer"]), seconds: 5) { options in
                    try await clients.segmentation.count(
                        SegmentationV1.CountRequest(of: .rule(SegmentationV1.Rule(form: .text(rule)))), options: options
                    )
                }
            }
            Terminal.shared.result("\(reply.count) / \(reply.total)")
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: localized("Saves a rule under a name.", "以名称保存规则。"))
        @Argument var name: String
        @Argument var rule: String
        @OptionGroup var connection: Connection

        func run() async throws {
            let reply = try await connection.use { clients in
                try await Patience.call(for: connection.person(["marketer"]), seconds: 5) { options in
                    try await clients.segmentation.createSegment(
                        SegmentationV1.CreateSegmentRequest(
                            name: name, rule: SegmentationV1.Rule(form: .text(rule)), officePath: connection.office),
                        options: options)
                }
            }
            Terminal.shared.result("\(reply.segment?.segmentID ?? 0)")
        }
    }

    struct Freeze: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "freeze", abstract: localized("Freezes the members of a segment.", "冻结客群成员。"))
        @Argument var segment: Int64
        @OptionGroup var connection: Connection

        func run() async throws {
            let reply = try await connection.use { clients in
                try await Patience.call(for: connection.person(["marketer"]), seconds: 60) { options in
                    try await clients.segmentation.freeze(
                        SegmentationV1.FreezeRequest(segmentID: segment), options: options)
                }
            }
            let snapshot = reply.snapshot ?? SegmentationV1.Snapshot()
            Terminal.shared.result("\(snapshot.snapshotID)  \(snapshot.count)  \(snapshot.checksum)")
        }
    }
}
