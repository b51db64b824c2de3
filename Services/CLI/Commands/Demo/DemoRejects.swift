internal import Foundation

/// Where a demonstration's imports write the rows they refuse, which nobody reads afterwards: neither beside the person's
/// file nor left behind.
enum DemoRejects {
    static func use<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zhike-rejects-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.appending(path: "rejects.csv"))
    }
}
