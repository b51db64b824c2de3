internal import ArgumentParser
internal import Foundation
internal import Logging
internal import Postgres
internal import RPC
internal import ServiceKit

/// Prepares a database: its roles, schemas and the tables that all suite services share. Each suite service then
/// brings its own schema up to date when it starts.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: localized(
            "Prepares a Postgres for the suite: roles, schemas, shared tables. Repeatable.",
            "为系统准备 Postgres：角色、模式与公共表。可重复执行。"))

    @Option(
        help: ArgumentHelp(
            localized(
                "The database as its administrator, as postgresql://postgres@host:5432/zhike.",
                "以管理员身份连接的数据库，如 postgresql://postgres@host:5432/zhike。")))
    var database: String

    @Option(help: ArgumentHelp(localized("File with the administrator's password.", "管理员密码文件。")))
    var passwordFile: String?

    @Option(help: ArgumentHelp(localized("File with the password that the roles of the suite get.", "系统各角色密码文件。")))
    var rolePasswordFile: String?

    func run() async throws {
        var configuration = try PostgresConfiguration(parsing: database)
        if let passwordFile { configuration.password = try Self.secret(passwordFile) }
        var passwords: [String: String] = [:]
        if let rolePasswordFile {
            let password = try Self.secret(rolePasswordFile)
            for service in Bootstrap.services {
                passwords[Bootstrap.ownerRole(of: service)] = password
                passwords[Bootstrap.requestRole(of: service)] = password
            }
        }
        let pool = PostgresPool(configuration, logger: Logger(label: "zhike") { _ in SwiftLogNoOpLogHandler() })
        do {
            try await Bootstrap.run(pool: pool, passwords: passwords)
            await pool.close()
        } catch let error as PostgresError {
            await pool.close()
            throw RuntimeError(
                .endpointUnavailable,
                localized(
                    "The database was not prepared: \(error). Look at host, port, name and password, and "
                        + "connect as an administrator who may create roles.",
                    "数据库未就绪：\(error)。请检查主机、端口、库名与密码，并以可创建角色的管理员身份连接。"))
        } catch {
            await pool.close()
            throw error
        }
        Terminal.shared.result(localized("the database is ready", "数据库已就绪"))
    }

    static func secret(_ path: String) throws -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw RuntimeError(
                .configurationInvalid, localized("The file \(path) cannot be read.", "无法读取文件 \(path)。"))
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
