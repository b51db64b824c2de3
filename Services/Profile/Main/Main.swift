internal import ProfileService
internal import ServiceKit

@main
struct Main {
    static func main() async {
        await ServiceRunner.run(name: "profile", settings: ProfileSettings.all) { try await buildProfile($0) }
    }
}
