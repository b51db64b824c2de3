internal import ArgumentParser
internal import Foundation
internal import Logging
internal import Postgres
internal import RPC
internal import ServiceKit

/// Whether the audit logs still are what was written.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: localized("Checks that nobody has changed the audit logs.", "核查审计日志是否被改动。"),
        discussion: localized(
            """
            Each entry is chained to the one before by a key outside the database. Who may write into the database could \
            still cut the end off: so keep what `head` prints elsewhere, and give it to `verify`.
            """,
            "每条审计记录都用数据库之外的密钥与前一条相连。能写库的人仍可能删去末尾：请把 `head` 的输出另存他处，并交给 `verify`。"),
        subcommands: [Verify.self, Head.self], defaultSubcommand: Verify.self)

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: localized("Follows each chain from its first entry.", "从首条记录起核对每条链。"))
        @OptionGroup var place: AuditPlace
        @Option(help: ArgumentHelp(localized("File with what `head` printed earlier.", "此前 `head` 输出所存的文件。")))
        var kept: String?

        func run() async throws {
            let heads = try kept.map { try AuditHeads.read($0) } ?? []
            let findings = try await place.logs { service, log, pool in
                let findings = try await log.verify(pool: pool, kept: heads)
                let end = try await log.head(pool: pool).sequence
                Terminal.shared.result(
                    findings.isEmpty
                        ? localized("\(service): \(end) entries, as written", "\(service)：\(end) 条，与写入时一致")
                        : localized("\(service): \(findings.count) faults", "\(service)：\(findings.count) 处异常"))
                for finding in findings.prefix(20) { Terminal.shared.result("  \(finding)") }
                return findings.count
            }
            if findings.reduce(0, +) > 0 { throw ExitCode.failure }
        }
    }

    struct Head: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "head",
            abstract: localized("Prints the end of each chain, to be kept elsewhere.", "输出每条链的末端，供另存他处。"))
        @OptionGroup var place: AuditPlace

        func run() async throws {
            let heads = try await place.logs { _, log, pool in try await log.head(pool: pool) }
            for head in heads { Terminal.shared.result(AuditHeads.line(head)) }
        }
    }
}

/// Where the audit logs and their key are.
struct AuditPlace: ParsableArguments {
    private static let services = ["profile", "segmentation", "campaign", "kpi"]

    @Option(help: ArgumentHelp(localized("Folder of the suite that runs.", "运行中系统的文件夹。")))
    var data: String = Connection.defaultData

    @Option(
        help: ArgumentHelp(
            localized(
                "Another database as its administrator, as postgresql://postgres@host:5432/zhike.",
                "其他数据库（管理员身份），如 postgresql://postgres@host:5432/zhike。")))
    var database: String?

    @Option(help: ArgumentHelp(localized("File with the administrator's password.", "管理员密码文件。")))
    var passwordFile: String?

    @Option(help: ArgumentHelp(localized("File with the key of the audit chain.", "审计链密钥文件。")))
    var auditKeyFile: String?

    func validate() throws {
        guard (database == nil) == (auditKeyFile == nil) else {
            throw ValidationError(
                localized(
                    "--database and --audit-key-file belong together: give both, or neither for the suite in --data.",
                    "--database 与 --audit-key-file 须同时给出；若核查 --data 中的系统则都不给。"))
        }
    }

    /// One after the other, the log of each suite service that keeps one.
    func logs<R>(_ body: (String, AuditLog, PostgresPool) async throws -> R) async throws -> [R] {
        let folder = URL(fileURLWithPath: data)
        let keyFile = auditKeyFile ?? folder.appending(path: "keys/audit").path
        var configuration = try PostgresConfiguration(
            parsing: try database ?? RunningSuite.find(folder).databaseURL)
        if let passwordFile { configuration.password = try MigrateCommand.secret(passwordFile) }
        let quiet = Logger(label: "zhike") { _ in SwiftLogNoOpLogHandler() }
        let pool = PostgresPool(configuration, logger: quiet)
        var results: [R] = []
        do {
            for service in Self.services {
                let chain = try AuditChain(service: service, keyFile: keyFile)
                results.append(try await body(service, AuditLog(chain, logger: quiet), pool))
            }
            await pool.close()
            return results
        } catch let error as PostgresError {
            await pool.close()
            throw RuntimeError(
                .endpointUnavailable,
                localized(
                    "The audit logs cannot be read: \(error). Look at --database, and log in as its administrator.",
                    "无法读取审计日志：\(error)。请检查 --database，并以管理员身份登录。"))
        } catch {
            await pool.close()
            throw error
        }
    }
}

/// Heads as lines of text: suite service, number of the entry, its code in hexadecimal digits.
enum AuditHeads {
    static func line(_ head: AuditHead) -> String {
        let code = head.authenticationCode.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        return "\(head.service) \(head.sequence) \(code)"
    }

    static func parse(_ text: String) -> [AuditHead]? {
        var heads: [AuditHead] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 3, let sequence = Int64(words[1]), words[2].utf8.count == 64 else { return nil }
            let digits = Array(words[2])
            let code = stride(from: 0, to: 64, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
            guard code.count == 32 else { return nil }
            heads.append(AuditHead(service: words[0], sequence: sequence, authenticationCode: code))
        }
        return heads
    }

    static func read(_ path: String) throws -> [AuditHead] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8), let heads = parse(text) else {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "\(path) does not hold what `zhike audit head` prints: name the file you kept.",
                    "\(path) 不是 `zhike audit head` 的输出：请指定当时保存的文件。"))
        }
        return heads
    }
}
