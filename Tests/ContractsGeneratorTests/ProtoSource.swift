import Foundation

@testable import ContractsGenerator

/// The contract of a .proto given as text, read through protoc as `deploy/generate` does it.
func contract(ofProto text: String) throws -> Contract {
    let folder = FileManager.default.temporaryDirectory.appending(path: "contract-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try text.write(to: folder.appending(path: "sample.proto"), atomically: true, encoding: .utf8)
    let set = folder.appending(path: "set")

    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/protoc")
    process.arguments = [
        "-I\(folder.path())", "--include_source_info", "--descriptor_set_out=\(set.path())", "sample.proto",
    ]
    try process.run()
    process.waitUntilExit()
    return try DescriptorSetReader.contract(from: [UInt8](Data(contentsOf: set)), packagePrefix: "zhike.")
}
