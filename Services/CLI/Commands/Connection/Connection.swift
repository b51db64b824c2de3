internal import ArgumentParser
internal import Foundation
internal import RPC

/// How a command finds the suite it talks to, and for whom.
struct Connection: ParsableArguments {
    @Option(help: ArgumentHelp(localized("Folder of a suite started with zhike up.", "由 zhike up 启动的系统所在文件夹。")))
    var data: String = Connection.defaultData

    @Option(
        help: ArgumentHelp(
            localized(
                "Address of a suite service elsewhere, as service=ipc://… or service=tcp://…, of the gateway as gateway=http://…; "
                    + "may be repeated.",
                "其他位置的服务地址，如 service=ipc://… 或 service=tcp://…，网关如 gateway=http://…；可重复。")))
    var endpoint: [String] = []

    @Option(help: ArgumentHelp(localized("File of service keys, for services elsewhere.", "服务密钥文件（用于其他位置的服务）。")))
    var keys: String?

    @Option(help: ArgumentHelp(localized("Who the call is made for, as it stands in the audit log.", "操作人，将写入审计日志。")))
    var user: String = Connection.defaultUser

    @Option(help: ArgumentHelp(localized("Roles of that person.", "该操作人的角色。")))
    var role: [String] = []

    @Option(help: ArgumentHelp(localized("Office of that person, such as /head/east/.", "该操作人的机构，如 /head/east/。")))
    var office: String = "/"

    func validate() throws {
        guard !user.isEmpty else {
            throw ValidationError(localized("Say with --user for whom the call is made.", "请用 --user 指明操作人。"))
        }
        try TokenCommand.check(roles: role, office: office)
        _ = try endpoints()
    }

    /// The account's name, or its number where it has none, as in a container.
    static var defaultUser: String {
        let name = NSUserName()
        return name.isEmpty ? "uid-\(geteuid())" : name
    }

    /// In the home of the person; root's home is closed to the account that Postgres runs as.
    static var defaultData: String {
        geteuid() == 0
            ? "/var/lib/zhike" : FileManager.default.homeDirectoryForCurrentUser.appending(path: ".zhike").path
    }

    /// - Parameter roles: What the command needs where no role was named.
    func person(_ roles: [String]) -> Principal {
        Principal(user: user, roles: role.isEmpty ? roles : role, officePath: office)
    }

    func clients() throws -> SuiteClients {
        let named = try endpoints()
        if let keys {
            return try SuiteClients(key: try SuiteFolder.key(of: "zhike", in: URL(fileURLWithPath: keys))) { service in
                named[service] ?? "ipc:///run/zhike/\(service).ipc"
            }
        }
        let running = try RunningSuite.find(URL(fileURLWithPath: data))
        return try SuiteClients(
            key: try SuiteFolder.key(of: "zhike", in: URL(fileURLWithPath: data).appending(path: "keys/services"))
        ) { named[$0] ?? "ipc://\(running.sockets)/\($0).ipc" }
    }

    private func endpoints() throws -> [String: String] {
        var named: [String: String] = [:]
        for one in endpoint {
            let parts = one.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, SuiteFolder.services.contains(parts[0]) else {
                throw ValidationError(
                    localized(
                        "Write an endpoint as campaign=tcp://127.0.0.1:7003.", "请将地址写成 campaign=tcp://127.0.0.1:7003。"))
            }
            guard parts[0] != "gateway" || Self.isWebAddress(parts[1]) else {
                throw ValidationError(
                    localized(
                        "The gateway speaks HTTP: write its endpoint as gateway=http://127.0.0.1:8080.",
                        "网关使用 HTTP：请将其地址写成 gateway=http://127.0.0.1:8080。"))
            }
            named[parts[0]] = parts[1]
        }
        return named
    }

    private static func isWebAddress(_ text: String) -> Bool {
        guard let url = URL(string: text) else { return false }
        return ["http", "https"].contains(url.scheme) && url.host()?.isEmpty == false
    }

    /// Where the gateway listens: as it was named, else that of the suite in the folder. nil where the suite services are
    /// elsewhere and the gateway was not named.
    func gateway() throws -> String? {
        if let named = try endpoints()["gateway"] { return named.hasSuffix("/") ? String(named.dropLast()) : named }
        return keys == nil ? try RunningSuite.find(URL(fileURLWithPath: data)).address : nil
    }

    /// Runs a command's calls and turns their errors into one sentence.
    func use<Result>(_ body: (SuiteClients) async throws -> Result) async throws -> Result {
        let clients = try clients()
        do {
            let result = try await body(clients)
            await clients.close()
            return result
        } catch let error as RPCError {
            await clients.close()
            throw RuntimeError(.endpointUnavailable, HelpText.sentence(error))
        } catch {
            await clients.close()
            throw error
        }
    }
}
