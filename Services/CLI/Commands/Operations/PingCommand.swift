internal import ArgumentParser
internal import RPC

/// A real call to one suite service.
struct PingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping", abstract: localized("Makes a real call to a suite service.", "对某个服务进行一次真实调用。"))

    @Argument(help: "profile, segmentation, campaign, kpi")
    var service: String

    @OptionGroup var connection: Connection

    func validate() throws {
        guard SuiteFolder.services.contains(service), service != "gateway" else {
            throw ValidationError(
                localized(
                    "Choose profile, segmentation, campaign or kpi.", "请选择 profile、segmentation、campaign 或 kpi。"))
        }
    }

    func run() async throws {
        let began = ContinuousClock.now
        let health = try await connection.use { clients in try await clients.health(of: service) }
        let taken = (ContinuousClock.now - began) / .milliseconds(1)
        let state = health.ready ? localized("ready", "就绪") : health.reasons.joined(separator: "; ")
        Terminal.shared.result("\(service): \(state), \(ReportText.number(taken, 1)) ms")
        if !health.ready { throw ExitCode.failure }
    }
}
