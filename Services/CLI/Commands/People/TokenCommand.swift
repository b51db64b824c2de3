internal import ArgumentParser
internal import Foundation
internal import RPC
internal import ServiceKit

/// Signs a token for trying things out.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: localized(
            "Signs a token for the gateway of a sandbox; a bank's own come from its identity provider.",
            "为沙箱网关签发令牌；银行的令牌由其身份系统签发。"))

    @Argument(help: ArgumentHelp(localized("Code of the person or machine.", "人员或系统代码。")))
    var user: String

    @Option(
        help: ArgumentHelp(Role.all.map(\.name).joined(separator: ", ")))
    var role: [String] = ["analyst"]

    @Option(help: ArgumentHelp(localized("Office, such as /head/east/.", "机构，如 /head/east/。")))
    var office = "/"

    @Option(help: ArgumentHelp(localized("Hours until it lapses.", "有效小时数。")))
    var hours = 12

    @Option(help: ArgumentHelp(localized("Folder of the suite.", "系统所在文件夹。")))
    var data: String = Connection.defaultData

    func validate() throws {
        guard Self.isCode(user) else {
            throw ValidationError(
                localized(
                    "Give the code of a person or machine: 1 to 64 letters, digits and . _ - signs.",
                    "请给出人员或系统代码：1 到 64 个字母、数字或 . _ - 符号。"))
        }
        try Self.check(roles: role, office: office)
        guard (1...24 * 30).contains(hours) else {
            throw ValidationError(localized("Give --hours from 1 to 720.", "--hours 应为 1 到 720。"))
        }
    }

    /// What the gateway takes for `sub`: a token for anybody else would be refused there.
    private static func isCode(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                    || [".", "_", "-"].contains(scalar)
            }
    }

    /// Roles and office that the suite knows.
    static func check(roles: [String], office: String) throws {
        if let unknown = roles.first(where: { Role.named($0) == nil }) {
            let names = Role.all.map(\.name).joined(separator: ", ")
            throw ValidationError(
                localized("There is no role \(unknown); there are \(names).", "没有角色 \(unknown)；可用的有 \(names)。"))
        }
        guard OfficePath.isValid(office) else {
            throw ValidationError(
                localized(
                    "Write --office as /head/branch/outlet/ in small letters, or / for all.",
                    "--office 请写成小写的 /head/branch/outlet/，/ 表示全部。"))
        }
    }

    func run() async throws {
        let issuer = try await TokenIssuer(keyFile: URL(fileURLWithPath: data).appending(path: "keys/token.pem"))
        let person = Principal(user: user, roles: role, officePath: office)
        Terminal.shared.result(try await issuer.token(for: person, lifetime: .seconds(hours * 3_600)))
    }
}
