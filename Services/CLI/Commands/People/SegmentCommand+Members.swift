internal import ArgumentParser
internal import Contracts
internal import Foundation
internal import RPC

extension SegmentCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: localized("Lists the segments.", "列出客群。"))
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let segments = try await connection.use { clients in
                try await Pages.all { cursor in
                    try await Patience.call(for: connection.person(SegmentCommand.maker), seconds: 5) { options in
                        let page = try await clients.segmentation.listSegments(
                            .init(pageCursor: cursor), options: options)
                        return (page.segments, page.nextPageCursor)
                    }
                }
            }
            Terminal.shared.result(SegmentText.segments(segments))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: localized("Shows a segment and its rule.", "查看客群及其规则。"))
        @Argument(help: ArgumentHelp(localized("Number of the segment.", "客群编号。"))) var segment: Int64
        @Flag(help: ArgumentHelp(localized("Prints the rule as JSON.", "以 JSON 输出规则。"))) var json = false
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let found = try await connection.use { clients in
                try await SegmentCommand.segment(segment, connection, clients)
            }
            Terminal.shared.result(json ? found.ruleJSON : SegmentText.segments([found]))
        }
    }

    struct Members: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "members",
            abstract: localized("Lists the customers of a segment by number.", "按客户号列出客群成员。"))
        @Argument(help: ArgumentHelp(localized("Number of the segment.", "客群编号。"))) var segment: Int64
        @Option(help: ArgumentHelp(localized("Show at most so many.", "最多显示条数。"))) var limit = 100
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func validate() throws { try Limits.check(limit) }

        func run() async throws {
            var members: [SegmentationV1.Member] = []
            var cursor = ""
            repeat {
                let request = SegmentationV1.ListMembersRequest(segmentID: segment, pageCursor: cursor)
                let page = try await connection.call(as: SegmentCommand.maker) { clients, options in
                    try await clients.segmentation.listMembers(request, options: options)
                }
                members += page.members
                cursor = page.nextPageCursor
            } while !cursor.isEmpty && members.count < limit
            Terminal.shared.result(SegmentText.members(Array(members.prefix(limit))))
            if !cursor.isEmpty || members.count > limit {
                Terminal.shared.say(localized("there are more: raise --limit", "还有更多：请增大 --limit"))
            }
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: localized("Says whether one customer fits, and for each condition why.", "检验某客户是否符合，并逐条说明。"),
            discussion: localized("Ends with 1 where the customer does not fit.", "不符合时退出码为 1。"))
        @Argument(help: ArgumentHelp(localized("The bank's number of the customer.", "客户号。"))) var customer: String
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
            let request = SegmentationV1.TestCustomerRequest(
                of: segment.map { .segmentID($0) } ?? .rule(SegmentCommand.rule(rule ?? "")),
                customer: CommonV1.CustomerReference(
                    by: .identity(CommonV1.Identity(kind: "customer_number", value: customer))))
            let reply = try await connection.call(as: SegmentCommand.maker) { clients, options in
                try await clients.segmentation.testCustomer(request, options: options)
            }
            for one in reply.conditions { Terminal.shared.result("\(one.fits ? "✓" : "✗") \(one.condition)") }
            Terminal.shared.result(reply.fits ? localized("fits", "符合") : localized("does not fit", "不符合"))
            if !reply.fits { throw ExitCode.failure }
        }
    }

    struct Freeze: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "freeze",
            abstract: localized("Freezes the members of a segment to a snapshot.", "将客群成员冻结为快照。"))
        @Argument(help: ArgumentHelp(localized("Number of the segment.", "客群编号。"))) var segment: Int64
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let reply = try await connection.call(as: SegmentCommand.maker) { clients, options in
                try await clients.segmentation.freeze(.init(segmentID: segment), options: options)
            }
            let snapshot = reply.snapshot ?? SegmentationV1.Snapshot()
            Terminal.shared.result(
                localized(
                    "snapshot \(snapshot.snapshotID): \(snapshot.count) customers, SHA-256 \(snapshot.checksum)",
                    "快照 \(snapshot.snapshotID)：\(snapshot.count) 名客户，SHA-256 \(snapshot.checksum)"))
        }
    }
}

/// Segments and their members for people.
enum SegmentText {
    static func segments(_ segments: [SegmentationV1.Segment]) -> String {
        var table = Table(
            [
                localized("segment", "客群"), localized("version", "版本"), localized("name", "名称"),
                localized("office", "机构"), localized("rule", "规则"),
            ], columnsOfText: [2, 3, 4])
        for one in segments {
            table.add(["\(one.segmentID)", "\(one.version)", one.name, one.officePath, one.ruleText])
        }
        return table.isEmpty ? localized("no segments yet", "尚无客群") : table.text
    }

    static func members(_ members: [SegmentationV1.Member]) -> String {
        var table = Table(
            [localized("customer", "客户"), localized("office", "机构"), localized("manager", "客户经理")],
            columnsOfText: [0, 1, 2])
        for one in members { table.add([one.customerNumber, one.officePath, one.manager]) }
        return table.isEmpty ? localized("no members", "没有成员") : table.text
    }
}
