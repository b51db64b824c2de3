internal import ArgumentParser
internal import EmbeddedPostgres
internal import Foundation
internal import Postgres
internal import RPC

/// Looks at all that the suite needs and says what to do.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: localized(
            "Checks libraries, Postgres, ports, disk, rights, database and suite services, and says what to do.",
            "检查库、Postgres、端口、磁盘、权限、数据库与各服务，并说明如何处理。"),
        discussion: localized("Ends with 1 when something must be done.", "需要处理时退出码为 1。"))

    @Option(help: ArgumentHelp(localized("Port that the gateway is to have.", "网关将使用的端口。")))
    var port = 8_080

    @Option(
        help: ArgumentHelp(
            localized(
                "A database elsewhere, as postgresql://postgres@host:5432/zhike.",
                "其他位置的数据库，如 postgresql://postgres@host:5432/zhike。")))
    var database: String?

    @Option(help: ArgumentHelp(localized("File with the password of that database.", "该数据库的密码文件。")))
    var passwordFile: String?

    @Flag(help: ArgumentHelp(localized("As JSON.", "以 JSON 输出。"))) var json = false

    @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

    func run() async throws {
        let folder = URL(fileURLWithPath: connection.data)
        let running = try? RunningSuite.find(folder)
        var findings = machine(folder)
        findings += try await suite(running)
        if json {
            Terminal.shared.result(try JSONText.of(findings))
        } else {
            Terminal.shared.result(Finding.text(findings))
        }
        if findings.contains(where: { $0.state == .act }) { throw ExitCode.failure }
    }

    private func machine(_ folder: URL) -> [Finding] {
        let maps = FileHandle(forReadingAtPath: "/proc/self/maps").flatMap { try? $0.readToEnd() } ?? Data()
        let account = try? PostgresInstallation.find().account
        let libraries = LibraryChecks.findings(
            maps: String(decoding: maps, as: UTF8.self), packages: LibraryChecks.installedPackages())
        return libraries + [
            MachineChecks.swift(programs: Programs.folder),
            MachineChecks.postgres(),
            MachineChecks.timeZones(),
            MachineChecks.clock(isSynchronised: MachineChecks.isClockSynchronised()),
            MachineChecks.disk(folder, freeBytes: MachineChecks.freeBytes(folder)),
            FolderChecks.rights(folder, account: account ?? nil),
        ]
    }

    private func suite(_ running: RunningSuite?) async throws -> [Finding] {
        var findings: [Finding] = []
        let isElsewhere = connection.keys != nil
        if running == nil, !isElsewhere {
            let isTaken = (try? FreePort.require(port)) == nil
            findings.append(FolderChecks.port(port, isTaken: isTaken))
        }
        if let configuration = try databaseConfiguration(running) {
            findings += await DatabaseChecks.findings(configuration, isClockReal: running?.isClockSimulated == false)
        }
        guard running != nil || isElsewhere else {
            return findings + [
                .note(
                    "suite", localized("none runs in \(connection.data)", "\(connection.data) 中没有运行中的系统"),
                    localized("Start one with zhike up.", "可用 zhike up 启动。"))
            ]
        }
        let gateway = try connection.gateway()
        return try await findings
            + connection.use { clients in await SuiteChecks.findings(clients, gateway: gateway) }
    }

    private func databaseConfiguration(_ running: RunningSuite?) throws -> PostgresConfiguration? {
        guard let url = database ?? running?.databaseURL else { return nil }
        var configuration = try PostgresConfiguration(parsing: url)
        if let passwordFile { configuration.password = try MigrateCommand.secret(passwordFile) }
        return configuration
    }
}

/// Where the programs of the suite are.
enum Programs {
    /// The folder of this program, whatever link it was called by.
    static var folder: URL {
        (Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])).resolvingSymlinksInPath()
            .deletingLastPathComponent()
    }
}
