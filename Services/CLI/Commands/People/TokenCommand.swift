internal import ArgumentParser
internal import Foundation
internal import RPC

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
        help: ArgumentHelp(
            "marketer, approver, analyst, manager, operator, channel, auditor, admin"))
    var role: [String] = ["analyst"]

    @Option(help: ArgumentHelp(localized("Office, such as /head/east/.", "机构，如 /head/east/。")))
    var office = "/"

    @Option(help: ArgumentHelp(localized("Hours until it lapses.", "有效小时数。")))
    var hours = 12

    @Option(help: ArgumentHelp(localized("Folder of the suite.", "系统所在文件夹。")))
    var data: String = Connection.defaultData

    func run() async throws {
        let issuer = try await TokenIssuer(keyFile: URL(fileURLWithPath: data).appending(path: "keys/token.pem"))
        let person = Principal(user: user, roles: role, officePath: office)
        Terminal.shared.result(try await issuer.token(for: person, lifetime: .seconds(hours * 3_600)))
    }
}
