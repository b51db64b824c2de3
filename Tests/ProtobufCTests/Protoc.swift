import Foundation

/// Debian's protoc, as the judge of the codec.
struct Protoc {
    let messageName: String

    /// The bytes of a message given in text format.
    func encode(_ text: String) throws -> [UInt8] {
        try run("--encode", input: Data(text.utf8))
    }

    /// The text format of packed bytes.
    func decode(_ bytes: [UInt8]) throws -> String {
        String(decoding: try run("--decode", input: Data(bytes)), as: UTF8.self)
    }

    private func run(_ option: String, input: Data) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "protoc-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files instead of pipes: neither side can wait for the other.
        let inputFile = folder.appending(path: "input")
        let outputFile = folder.appending(path: "output")
        try input.write(to: inputFile)
        try Data().write(to: outputFile)

        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/protoc")
        process.arguments = ["\(option)=\(messageName)", "-I\(Self.protoFolder)", "zhike/testing/v1/testing.proto"]
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ProtocError(option: option) }
        return [UInt8](try Data(contentsOf: outputFile))
    }

    private static let protoFolder =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Shared/Contracts/Proto").path()
}

struct ProtocError: Error {
    let option: String
}
