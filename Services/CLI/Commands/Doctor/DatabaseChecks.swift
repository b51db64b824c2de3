internal import EmbeddedPostgres
internal import Foundation
internal import Logging
internal import Postgres
internal import ServiceKit

/// Whether the database can be reached, and how far its schemas are.
enum DatabaseChecks {
    /// Calls are signed with the time of the machine and refused some minutes away from it.
    private static let largestSkewSeconds = 5.0

    static func findings(_ configuration: PostgresConfiguration, isClockReal: Bool) async -> [Finding] {
        let pool = PostgresPool(configuration, logger: Logger(label: "zhike") { _ in SwiftLogNoOpLogHandler() })
        let findings: [Finding]
        do {
            var state = try await DatabaseState.read(pool, services: Bootstrap.callableServices)
            if isClockReal { state.businessTime = nil }
            findings = self.findings(state)
        } catch {
            findings = [
                .act(
                    "database", localized("not reached: \(error)", "无法连接：\(error)"),
                    localized(
                        "Start Postgres, or look at host, port, name and password of --database.",
                        "请启动 Postgres，或检查 --database 的主机、端口、库名与密码。"))
            ]
        }
        await pool.close()
        return findings
    }

    static func findings(_ state: DatabaseState) -> [Finding] {
        var findings = [server(state), migrations(state)]
        if abs(state.secondsAhead) > largestSkewSeconds {
            findings.append(
                .act(
                    "database clock", "\(ReportText.signed(state.secondsAhead)) s",
                    localized("Keep both machines' clocks in step, by chrony for example.", "请同步两台机器的时钟，如使用 chrony。")))
        }
        if let time = state.businessTime {
            findings.append(.note("business time", localized("simulated, ", "模拟，") + time.formatted(.iso8601)))
        }
        return findings
    }

    private static func server(_ state: DatabaseState) -> Finding {
        guard state.versionNumber / 10_000 >= PostgresInstallation.oldestMajorVersion else {
            return .act(
                "database", "Postgres \(state.version)", localized("Version 15 or newer is needed.", "需要 15 或更新版本。"))
        }
        return .ok("database", "Postgres \(state.version)")
    }

    private static func migrations(_ state: DatabaseState) -> Finding {
        let prepared = Set(state.schemas.map(\.name))
        let unprepared = Bootstrap.callableServices.filter { !prepared.contains($0) } + state.missingRoles
        guard unprepared.isEmpty else {
            return .act(
                "migrations", localized("missing: ", "缺少：") + unprepared.joined(separator: ", "),
                localized(
                    "Run zhike migrate --database … as the administrator of the database.",
                    "请以数据库管理员身份运行 zhike migrate --database …。"))
        }
        let found = state.schemas.map { "\($0.name) \($0.newest.isEmpty ? "–" : $0.newest)" }.joined(separator: ", ")
        let empty = state.schemas.filter { $0.migrations == 0 }.map(\.name)
        guard empty.isEmpty else {
            return .note(
                "migrations", found,
                localized(
                    "\(empty.joined(separator: ", ")): brought up to date when the suite service starts.",
                    "\(empty.joined(separator: "、"))：服务启动时自动更新。"))
        }
        return .ok("migrations", found)
    }
}
