internal import ArgumentParser
internal import Contracts
internal import RPC

/// Groups of customers.
struct SegmentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segment",
        abstract: localized("Checks, counts, saves and freezes segments.", "检查、计数、保存和冻结客群。"),
        discussion: localized(
            """
            A rule is text such as 'age >= 18 and city = "Shanghai"', or its JSON form; zhike segment check says \
            whether it fits the dictionary.
            """,
            "规则为文本（如 'age >= 18 and city = \"Shanghai\"'）或其 JSON 形式。可用 zhike segment check 检查。"),
        subcommands: [
            Check.self, Count.self, Create.self, Edit.self, List.self, Show.self, Members.self, Test.self, Freeze.self,
        ])

    /// What the calls need where the person names no role.
    static let maker = ["marketer"]

    static func rule(_ text: String) -> SegmentationV1.Rule {
        SegmentationV1.Rule(form: text.hasPrefix("{") ? .json(text) : .text(text))
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: localized("Checks a rule against the dictionary.", "按数据字典检查规则。"))
        @Argument(help: ArgumentHelp(localized("The rule, as text or JSON.", "规则（文本或 JSON）。"))) var rule: String
        @Flag(help: ArgumentHelp(localized("Prints the rule as JSON.", "以 JSON 输出规则。"))) var json = false
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let reply = try await connection.call(as: SegmentCommand.maker) { clients, options in
                try await clients.segmentation.checkRule(.init(rule: SegmentCommand.rule(rule)), options: options)
            }
            for problem in reply.problems {
                let place = problem.line == 0 ? problem.path : "\(problem.line):\(problem.column)"
                let suggestion = problem.suggestion.isEmpty ? "" : "  → \(problem.suggestion)"
                Terminal.shared.result("\(place) \(problem.message)\(suggestion)")
            }
            guard reply.valid else { throw ExitCode.failure }
            Terminal.shared.result(json ? reply.json : reply.text)
        }
    }

    struct Count: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "count",
            abstract: localized("Counts the customers that fit a rule or a segment.", "统计符合规则或客群的客户数。"))
        @Argument(help: ArgumentHelp(localized("The rule, as text or JSON.", "规则（文本或 JSON）。"))) var rule: String?
        @Option(help: ArgumentHelp(localized("A saved segment instead.", "改用已保存的客群。"), valueName: "number"))
        var segment: Int64?
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func validate() throws {
            guard (rule == nil) != (segment == nil) else {
                throw ValidationError(localized("Give a rule or --segment.", "请给出规则或 --segment。"))
            }
        }

        func run() async throws {
            let of: SegmentationV1.CountRequest.Of =
                segment.map { .segmentID($0) } ?? .rule(SegmentCommand.rule(rule ?? ""))
            let reply = try await connection.call(as: SegmentCommand.maker) { clients, options in
                try await clients.segmentation.count(.init(of: of), options: options)
            }
            Terminal.shared.result("\(reply.count) / \(reply.total)")
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: localized("Saves a rule under a name.", "以名称保存规则。"))
        @Argument(help: ArgumentHelp(localized("Name of the segment.", "客群名称。"))) var name: String
        @Argument(help: ArgumentHelp(localized("The rule, as text or JSON.", "规则（文本或 JSON）。"))) var rule: String
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let request = SegmentationV1.CreateSegmentRequest(
                name: name, rule: SegmentCommand.rule(rule), officePath: connection.office)
            let reply = try await connection.call(as: SegmentCommand.maker) { clients, options in
                try await clients.segmentation.createSegment(request, options: options)
            }
            Terminal.shared.result(SegmentText.segments([reply.segment ?? .init()]))
        }
    }

    struct Edit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "edit", abstract: localized("Changes a segment's name or rule.", "修改客群的名称或规则。"))
        @Argument(help: ArgumentHelp(localized("Number of the segment.", "客群编号。"))) var segment: Int64
        @Option(help: ArgumentHelp(localized("The new name.", "新名称。"))) var name: String?
        @Option(help: ArgumentHelp(localized("The new rule.", "新规则。"))) var rule: String?
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func validate() throws {
            guard name != nil || rule != nil else {
                throw ValidationError(localized("Give --name or --rule.", "请给出 --name 或 --rule。"))
            }
        }

        func run() async throws {
            let reply = try await connection.use { clients in
                let old = try await SegmentCommand.segment(segment, connection, clients)
                let request = SegmentationV1.UpdateSegmentRequest(
                    segmentID: segment, version: old.version, name: name ?? old.name,
                    rule: SegmentCommand.rule(rule ?? old.ruleText))
                return try await Patience.call(for: connection.person(SegmentCommand.maker), seconds: 5) { options in
                    try await clients.segmentation.updateSegment(request, options: options)
                }
            }
            Terminal.shared.result(SegmentText.segments([reply.segment ?? .init()]))
        }
    }

    static func segment(
        _ id: Int64, _ connection: Connection, _ clients: SuiteClients
    ) async throws -> SegmentationV1.Segment {
        try await Patience.call(for: connection.person(maker), seconds: 5) { options in
            try await clients.segmentation.getSegment(.init(segmentID: id), options: options)
        }.segment ?? SegmentationV1.Segment()
    }
}
