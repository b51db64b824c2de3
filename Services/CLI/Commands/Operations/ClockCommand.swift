internal import ArgumentParser
internal import Foundation
internal import Logging
internal import Postgres
internal import RPC
internal import ServiceKit

/// Simulated business time: shows it, or moves it once everything due has run.
struct ClockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: localized("Shows or moves simulated business time.", "查看或推进模拟业务时间。"),
        subcommands: [Show.self, Advance.self], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: localized("Shows business time.", "查看业务时间。"))
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let running = try RunningSuite.find(URL(fileURLWithPath: connection.data))
            guard running.isClockSimulated else {
                Terminal.shared.result(Date().formatted(.iso8601))
                return Terminal.shared.say(localized("business time is real", "业务时间为真实时间"))
            }
            try await ClockCommand.withClock(running) { clock in
                Terminal.shared.result(try await clock.now().formatted(.iso8601))
            }
        }
    }

    struct Advance: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "advance",
            abstract: localized(
                "Moves business time forward, stopping where a wave falls due or quiet hours end.",
                "推进业务时间，并在波次到期或免打扰时段结束时停留。"),
            discussion: localized(
                """
                Before each step, and at the end, it waits until whoever follows a log has read it to its end, waves \
                whose time has come are through, and contacts have left for their channel.
                """,
                "每一步之前及结束时，都会等待：日志的消费者已读到末尾、到期波次已完成、触达已发往渠道。"))

        @Argument(
            help: ArgumentHelp(
                localized("How far, such as 90m, 4h or 2d.", "推进多少，如 90m、4h 或 2d。"), valueName: "span"),
            transform: SpanOfTime.parse)
        var by: SpanOfTime

        @Option(
            help: ArgumentHelp(
                localized("How long to wait for what is due before giving up.", "等待到期事项的最长时间。"),
                valueName: "span"),
            transform: SpanOfTime.parse)
        var patience = SpanOfTime(microseconds: 60_000_000)

        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let running = try RunningSuite.find(URL(fileURLWithPath: connection.data))
            guard running.isClockSimulated else {
                throw RuntimeError(
                    .configurationInvalid,
                    localized(
                        "Business time is real here and cannot be moved: start a suite with zhike up "
                            + "--simulated-start.",
                        "此处业务时间为真实时间，无法推进：请用 zhike up --simulated-start 启动系统。"))
            }
            try await connection.use { clients in
                let settling = Settling(
                    clients: clients, person: connection.person(["analyst", "marketer"]),
                    patience: .microseconds(patience.microseconds))
                try await ClockCommand.withClock(running) { clock in
                    try await advance(clock, settling)
                }
            }
        }

        private func advance(_ clock: SimulatedBusinessClock, _ settling: Settling) async throws {
            var now = try await clock.now().microseconds
            let target = now + by.microseconds
            var quietEnd = try await settling.settle(at: now)
            while now < target {
                now = try await [settling.nextStart(after: now), quietEnd, target].compactMap { $0 }.min() ?? target
                try await clock.advance(to: Date(microseconds: now))
                quietEnd = try await settling.settle(at: now)
                if now < target { Terminal.shared.say(Date(microseconds: now).formatted(.iso8601)) }
            }
            Terminal.shared.result(Date(microseconds: now).formatted(.iso8601))
        }
    }

    fileprivate static func withClock(
        _ running: RunningSuite, _ body: (SimulatedBusinessClock) async throws -> Void
    ) async throws {
        let pool = PostgresPool(
            try PostgresConfiguration(parsing: running.databaseURL),
            logger: Logger(label: "zhike") { _ in SwiftLogNoOpLogHandler() })
        do {
            try await body(SimulatedBusinessClock(pool: pool, timeZone: .gmt))
            await pool.close()
        } catch {
            await pool.close()
            throw error
        }
    }
}
