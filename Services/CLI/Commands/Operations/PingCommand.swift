internal import ArgumentParser
internal import Foundation
internal import RPC

/// A real call to one suite service.
struct PingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping", abstract: localized("Makes a real call to a suite service.", "对某个服务进行一次真实调用。"))

    @Argument(help: ArgumentHelp(SuiteFolder.services.joined(separator: ", ")))
    var service: String

    @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

    func validate() throws {
        guard SuiteFolder.services.contains(service) else {
            let names = SuiteFolder.services.joined(separator: ", ")
            throw ValidationError(
                localized("There is no suite service \(service); there are \(names).", "没有服务 \(service)；可用的有 \(names)。")
            )
        }
    }

    func run() async throws {
        let began = ContinuousClock.now
        guard service != "gateway" else { return try await pingGateway(began) }
        let health = try await connection.use { clients in try await clients.health(of: service) }
        tell(health.ready ? localized("ready", "就绪") : health.reasons.joined(separator: "; "), began)
        if !health.ready { throw ExitCode.failure }
    }

    /// The gateway speaks HTTP.
    private func pingGateway(_ began: ContinuousClock.Instant) async throws {
        guard let address = try connection.gateway() else {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "Say where the gateway is, as --endpoint gateway=http://127.0.0.1:8080.",
                    "请指明网关地址，如 --endpoint gateway=http://127.0.0.1:8080。"))
        }
        guard let health = await GatewayClient(address: address).health() else {
            throw RuntimeError(
                .endpointUnavailable,
                localized("The gateway does not answer at \(address).", "网关 \(address) 无应答。"))
        }
        tell(Self.state(of: health), began)
        if !health.isReady { throw ExitCode.failure }
    }

    static func state(of health: GatewayClient.Health) -> String {
        guard health.isReady else { return health.sentence }
        let names = health.missing.joined(separator: ", ")
        return localized("ready", "就绪") + (names.isEmpty ? "" : localized(", without \(names)", "，缺少 \(names)"))
    }

    private func tell(_ state: String, _ began: ContinuousClock.Instant) {
        let taken = (ContinuousClock.now - began) / .milliseconds(1)
        Terminal.shared.result("\(service): \(state), \(ReportText.number(taken, 1)) ms")
    }
}
