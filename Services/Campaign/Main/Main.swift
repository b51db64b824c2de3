internal import CampaignService
internal import ServiceKit

@main
struct Main {
    static func main() async {
        await ServiceRunner.run(name: "campaign") { try await buildCampaign($0) }
    }
}
