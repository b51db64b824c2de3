internal import ArgumentParser
internal import Contracts
internal import RPC

extension KPICommand {
    struct Activity: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "activity",
            abstract: localized(
                "What happened to customers by business day: new ones, events, consents, segments entered and exited.",
                "按营业日统计客户动态：新增、行为、同意与撤回、进入与离开客群。"))
        @Option(
            help: ArgumentHelp(
                localized("First day, 2026-03-02; 29 days before the last.", "起始日，如 2026-03-02；缺省为末日前 29 天。")))
        var from: String = ""
        @Option(help: ArgumentHelp(localized("Last day; today.", "末日；缺省为今天。"))) var to: String = ""
        @Option(help: ArgumentHelp(localized("Offices below this path; all.", "此路径下的机构；缺省为全部。"))) var office: String =
            ""
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let counts = try await connection.use { clients in
                let person = connection.person(KPICommand.reader)
                return try await Waiting.show {
                    let after = try await clients.activityHeads { body in
                        try await Patience.call(for: person, seconds: 5, body)
                    }
                    return try await Patience.call(for: person, seconds: 5) { options in
                        try await clients.kpi.getActivity(
                            .init(officePath: office, fromDay: from, toDay: to, after: after), options: options)
                    }.counts
                }
            }
            var table = Table([
                localized("day", "营业日"), localized("measure", "指标"), localized("subject", "对象"),
                localized("amount", "数量"),
            ])
            for count in counts {
                table.add([count.day, Self.word(count.measure), count.subject, String(count.amount)])
            }
            Terminal.shared.result(table.text)
        }

        /// In the user's language; a newer kpi service may count what we have no word for.
        private static func word(_ measure: String) -> String {
            switch measure {
            case "customers_created": localized("new customers", "新增客户")
            case "events": localized("events", "行为事件")
            case "consents_granted": localized("consents granted", "授权")
            case "consents_withdrawn": localized("consents withdrawn", "撤回授权")
            case "segment_entered": localized("segment entered", "进入客群")
            case "segment_exited": localized("segment exited", "离开客群")
            default: measure
            }
        }
    }
}

extension SuiteClients {
    /// The heads of the logs that activity is counted from.
    func activityHeads(
        _ call: ((CallOptions) async throws -> CommonV1.LogPosition?) async throws -> CommonV1.LogPosition?
    ) async throws -> [CommonV1.LogPosition] {
        let profile = try await call { try await self.profile.getPosition(.init(), options: $0).position }
        let segmentation = try await call { try await self.segmentation.getPosition(.init(), options: $0).position }
        return [profile, segmentation].compactMap { $0 }
    }
}
