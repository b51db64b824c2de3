internal import ProfileService
internal import ServiceKit

@main
struct Main {
    static func main() async {
        await ServiceRunner.run(name: "profile") { try await buildProfile($0) }
    }
}
