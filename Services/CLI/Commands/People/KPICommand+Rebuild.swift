internal import ArgumentParser
internal import Contracts
internal import RPC

extension KPICommand {
    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rebuild",
            abstract: localized("Counts every number anew from the logs.", "由日志重新统计全部数字。"),
            discussion: localized(
                "Reports are incomplete until it is through. Interrupted, it goes on in the kpi service.",
                "完成之前报告不完整。中断本命令后，kpi 服务仍会继续。"))
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let person = connection.person(["operator"])
            let last = try await connection.use { clients in
                _ = try await Patience.call(for: person, seconds: 5) { options in
                    try await clients.kpi.rebuild(.init(), options: options)
                }
                var now = try await Self.progress(clients, person)
                let shown = Progress(localized("count anew", "重新统计"), total: now.written)
                while now.counted < now.written {
                    shown.show(now.counted)
                    try await Task.sleep(for: .milliseconds(200))
                    now = try await Self.progress(clients, person)
                }
                shown.finish(now.counted)
                return now
            }
            guard last.deadLetters > 0 else { return }
            Terminal.shared.result(
                localized(
                    "\(last.deadLetters) entries could not be counted; zhike kpi verify names the first.",
                    "有 \(last.deadLetters) 条日志无法统计；zhike kpi verify 会列出第一条。"))
            throw ExitCode.failure
        }

        private static func progress(
            _ clients: SuiteClients, _ person: Principal
        ) async throws -> KPIV1.GetProgressResponse {
            try await Patience.call(for: person, seconds: 5) { options in
                try await clients.kpi.getProgress(.init(), options: options)
            }
        }
    }
}
