private import GatewayService
private import ServiceKit

@main
struct Main {
    static func main() async {
        await ServiceRunner.run(name: "gateway", settings: GatewaySettings.all) { environment in
            try await buildGateway(environment)
        }
    }
}
