import Foundation

/// A file for the time of a test.
enum TemporaryFile {
    static func with<R>(_ bytes: some Collection<UInt8>, _ body: (String) throws -> R) throws -> R {
        let url = try make(bytes)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url.path)
    }

    static func with<R>(_ bytes: some Collection<UInt8>, _ body: (String) async throws -> R) async throws -> R {
        let url = try make(bytes)
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(url.path)
    }

    private static func make(_ bytes: some Collection<UInt8>) throws -> URL {
        let url = FileManager.default.temporaryDirectory.appending(path: "zhike-csv-\(UUID().uuidString)")
        try Data(bytes).write(to: url)
        return url
    }
}
