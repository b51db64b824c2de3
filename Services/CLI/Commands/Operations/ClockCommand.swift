internal import ArgumentParser
internal import Contracts
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
        @OptionGroup var connection: Connection

        func run() async throws {
            try await ClockCommand.withClock(connection) { clock in
                Terminal.shared.result(try await clock.now().formatted(.iso8601))
            }
        }
    }

    struct Advance: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "advance",
            abstract: localized(
                "Moves business time forward, once every consumer has read all there is.", "待所有消费者读完后推进业务时间。"))
        @OptionGroup var connection: Connection
        @Argument(help: ArgumentHelp(localized("How far, such as 90m, 4h or 2d.", "推进多少，如 90m、4h 或 2d。")))
        var by: String

        func run() async throws {
            guard let seconds = Self.seconds(by) else {
                throw ValidationError(localized("Write how far as 90m, 4h or 2d.", "请写成 90m、4h 或 2d。"))
            }
            try await connection.use { clients in
                // What was written must be applied before time goes on, or a late reader would see another past.
                _ = try await ReportReader(clients: clients).caughtUp()
            }
            try await ClockCommand.withClock(connection) { clock in
                let target = try await clock.now().addingTimeInterval(seconds)
                try await clock.advance(to: target)
                Terminal.shared.result(target.formatted(.iso8601))
            }
        }

        private static func seconds(_ text: String) -> TimeInterval? {
            guard let unit = text.last, let number = Double(text.dropLast()), number > 0 else { return nil }
            return ["s": 1, "m": 60, "h": 3_600, "d": 86_400][unit].map { number * $0 }
        }
    }

    fileprivate static func withClock(
        _ connection: Connection, _ body: (SimulatedBusinessClock) async throws -> Void
    ) async throws {
        let running = try RunningSuite.find(URL(fileURLWithPath: connection.data))
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
