internal import ArgumentParser
internal import Foundation

/// Writes Swift from a descriptor set of protoc; `deploy/generate` calls it.
@main
struct ContractsGenerator: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes Swift values, bridges, clients and handler protocols from a descriptor set.")

    @Option(help: "What protoc --include_source_info --descriptor_set_out wrote.")
    var descriptorSet: String

    @Option(help: "Folder for the Swift files.")
    var output: String

    @Option(help: "The fields of all releases; none of their numbers may get another meaning.")
    var releasedFields: String

    @Option(help: "Packages that begin so are generated.")
    var packagePrefix = "zhike."

    @Flag(help: "Leave clients and handlers out, so that the code needs no RPC module.")
    var messagesOnly = false

    @Flag(help: "Add the present fields to those of all releases.")
    var release = false

    func run() throws {
        let contract = try DescriptorSetReader.contract(
            from: [UInt8](Data(contentsOf: URL(filePath: descriptorSet))), packagePrefix: packagePrefix)
        try NestingCheck.run(contract)
        let earlier = try ReleasedFields(parsing: String(contentsOfFile: releasedFields, encoding: .utf8))
        let current = ReleasedFields(contract)
        try current.check(against: earlier)
        let files = GeneratedFiles.files(for: contract, includesServices: !messagesOnly)
        for (name, text) in files {
            try text.write(to: URL(filePath: output).appending(path: name), atomically: true, encoding: .utf8)
        }
        if release {
            try current.joined(with: earlier).text
                .write(toFile: releasedFields, atomically: true, encoding: .utf8)
        }
    }
}
