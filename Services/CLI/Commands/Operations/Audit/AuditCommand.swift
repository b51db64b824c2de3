internal import ArgumentParser
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
                let (findings, end) = try await Waiting.show(
                    localized("\(service): following the chain, seconds", "\(service)：正在核对，秒")
                ) {
                    (try await log.verify(pool: pool, kept: heads), try await log.head(pool: pool).sequence)
                }
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
