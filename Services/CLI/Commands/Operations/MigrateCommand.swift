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

    @Option(
        help: ArgumentHelp(
            localized(
                "File with the password that the roles of a suite service get, as profile=FILE; FILE alone is for all.",
                "某服务各角色的密码文件，如 profile=文件；只写文件则用于全部服务。"),
            valueName: "service=file"))
    var rolePasswordFile: [String] = []

    func run() async throws {
        var configuration = try PostgresConfiguration(parsing: database)
        if let passwordFile { configuration.password = try Self.secret(passwordFile) }
        let passwords = try Self.rolePasswords(rolePasswordFile)
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

    /// By role. What is given for one suite service goes over what is given for all.
    static func rolePasswords(_ given: [String]) throws -> [String: String] {
        var files: [String: String] = [:]
        for option in given {
            let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2, Bootstrap.services.contains(parts[0]) {
                files[parts[0]] = parts[1]
            } else {
                files.merge(Bootstrap.services.map { ($0, option) }) { own, _ in own }
            }
        }
        var passwords: [String: String] = [:]
        for (service, file) in files {
            let password = try secret(file)
            passwords[Bootstrap.ownerRole(of: service)] = password
            passwords[Bootstrap.requestRole(of: service)] = password
        }
        return passwords
    }

    static func secret(_ path: String) throws -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw RuntimeError(
                .configurationInvalid, localized("The file \(path) cannot be read.", "无法读取文件 \(path)。"))
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
