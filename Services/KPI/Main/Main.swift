internal import KPIService
internal import ServiceKit

@main
struct Main {
    static func main() async {
        await ServiceRunner.run(name: "kpi") { try await buildKPI($0) }
    }
}
