internal import ArgumentParser
internal import Contracts
internal import Foundation
internal import RPC

extension CampaignCommand {
    struct Deliveries: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "deliveries",
            abstract: localized(
                "Lists deliveries in one state; unknown ones wait for a person.", "按状态列出投递；未知的需人工处理。"))

        @Option(
            help: ArgumentHelp("reserved, sending, sent, unknown, failed", valueName: "state"))
        var state = "unknown"
        @Option(help: ArgumentHelp(localized("One campaign; without it all.", "指定活动；缺省为全部。"))) var campaign: Int64 = 0
        @Option(help: ArgumentHelp(localized("One channel; without it all.", "指定渠道；缺省为全部。"))) var channel = ""
        @Option(help: ArgumentHelp(localized("Show at most so many.", "最多显示条数。"))) var limit = 1_000
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func validate() throws { try Limits.check(limit) }

        func run() async throws {
            let (shown, isMore) = try await connection.use { clients in
                try await Deliveries.read(clients, connection, state, campaign, channel, limit: limit)
            }
            Terminal.shared.result(DeliveryText.deliveries(shown))
            if isMore { Terminal.shared.say(localized("there are more: raise --limit", "还有更多：请增大 --limit")) }
        }

        /// - Returns: some deliveries, and whether there are more.
        static func read(
            _ clients: SuiteClients, _ connection: Connection, _ state: String, _ campaign: Int64, _ channel: String,
            limit: Int
        ) async throws -> ([CampaignV1.Delivery], Bool) {
            var found: [CampaignV1.Delivery] = []
            var cursor = ""
            repeat {
                let request = CampaignV1.ListDeliveriesRequest(
                    state: state, campaignID: campaign, channel: channel, pageCursor: cursor)
                let page = try await Patience.call(for: connection.person(CampaignRole.keeper), seconds: 5) {
                    options in
                    try await clients.campaign.listDeliveries(request, options: options)
                }
                found += page.deliveries
                cursor = page.nextPageCursor
            } while !cursor.isEmpty && found.count < limit
            return (Array(found.prefix(limit)), !cursor.isEmpty || found.count > limit)
        }
    }

    struct Decide: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "decide",
            abstract: localized(
                "Says what became of unknown deliveries, after asking the channel's people.", "在向渠道方核实后，确定未知投递的结果。"))

        @Argument(help: ArgumentHelp(localized("Numbers of deliveries.", "投递编号。"), valueName: "delivery"))
        var deliveries: [Int64]
        @Option(name: .customLong("as"), help: ArgumentHelp("sent, not-sent", valueName: "outcome"))
        var outcome: Outcome
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        enum Outcome: String, ExpressibleByArgument, CaseIterable {
            case sent
            case notSent = "not-sent"
        }

        func run() async throws {
            let results = try await connection.use { clients in
                try await decide(clients)
            }
            var refused = 0
            for (number, result) in results {
                if let refusal = result.refusal {
                    refused += 1
                    Terminal.shared.result("\(number): \(refusal.reason)")
                } else {
                    Terminal.shared.result("\(number): \(outcome.rawValue)")
                }
            }
            if refused > 0 { throw ExitCode.failure }
        }

        /// The report names the claim, so each delivery is read first.
        private func decide(_ clients: SuiteClients) async throws -> [(Int64, CommonV1.ItemResult)] {
            let wanted = Set(deliveries)
            let (unknown, _) = try await Deliveries.read(clients, connection, "unknown", 0, "", limit: .max)
            let found = unknown.filter { wanted.contains($0.deliveryID) }
            let missing = deliveries.filter { id in !found.contains { $0.deliveryID == id } }
            guard missing.isEmpty else {
                throw RuntimeError(
                    .configurationInvalid,
                    localized(
                        "No unknown delivery has the number \(missing[0]): see zhike campaign deliveries.",
                        "没有编号为 \(missing[0]) 的未知投递：请查看 zhike campaign deliveries。"))
            }
            var results: [(Int64, CommonV1.ItemResult)] = []
            for start in stride(from: 0, to: found.count, by: 500) {
                let part = found[start..<min(start + 500, found.count)]
                let request = CampaignV1.ReportDeliveriesRequest(
                    reports: part.map { delivery in
                        CampaignV1.DeliveryReport(
                            deliveryID: delivery.deliveryID, fencingToken: delivery.fencingToken,
                            outcome: outcome == .sent ? .sent : .notReceived, reason: "decided_by_person",
                            partition: delivery.partition)
                    })
                let reply = try await Patience.call(for: connection.person(CampaignRole.keeper), seconds: 5) {
                    options in
                    try await clients.campaign.reportDeliveries(request, options: options)
                }
                results += zip(part.map(\.deliveryID), reply.results)
            }
            return results
        }
    }

    struct DeadLetters: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dead-letters",
            abstract: localized("Lists what was put aside after many attempts.", "列出多次尝试后搁置的项目。"))

        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let letters = try await connection.use { clients in
                try await Pages.all { cursor in
                    try await Patience.call(for: connection.person(CampaignRole.keeper), seconds: 5) { options in
                        let page = try await clients.campaign.listDeadLetters(
                            .init(pageCursor: cursor), options: options)
                        return (page.deadLetters, page.nextPageCursor)
                    }
                }
            }
            Terminal.shared.result(DeliveryText.deadLetters(letters))
        }
    }

    struct Redrive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "redrive",
            abstract: localized(
                "Gives a dead letter another chance; a contact goes through the whole gate again.",
                "重新处理搁置项；触达将再次经过全部检查。"))

        @Argument(help: ArgumentHelp(localized("Number of the dead letter.", "搁置项编号。"), valueName: "dead-letter"))
        var deadLetter: Int64
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            _ = try await connection.call(as: CampaignRole.keeper) { clients, options in
                try await clients.campaign.redriveDeadLetter(.init(deadLetterID: deadLetter), options: options)
            }
            Terminal.shared.result(localized("\(deadLetter): driven again", "\(deadLetter)：已重新处理"))
        }
    }
}
