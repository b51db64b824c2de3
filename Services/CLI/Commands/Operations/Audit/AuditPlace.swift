internal import ArgumentParser
internal import Foundation
internal import Logging
internal import Postgres
internal import RPC
internal import ServiceKit

/// Where the audit logs and their key are.
struct AuditPlace: ParsableArguments {
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
            for service in Bootstrap.callableServices {
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
