internal import Foundation
internal import ProfileDomain
internal import RPC
internal import Testing

@testable internal import ZhikeCommands

@Suite("an import that cannot begin")
struct MappingErrorsTests {
    private func source(_ columns: String, header: String = "number,age") throws -> ImportSource {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zhike-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, mapping) = (folder.appending(path: "f.csv"), folder.appending(path: "m.json"))
        try Data("\(header)\nC1,41\n".utf8).write(to: file)
        try Data(
            #"{"title": "t", "source": "s", "customer_number": {"column": "number"}, "columns": {\#(columns)}}"#.utf8
        ).write(to: mapping)
        return try ImportSource(file: file, mappingFile: mapping)
    }

    private static let number = #""number": {"known": "before", "ignore": true}"#

    @Test("names the trait that is known only after a contact, and the column that nobody declared")
    func sentences() throws {
        let trait = #"{"name": "age", "type": "integer", "meaning": "Age"}"#
        let after = #"\#(Self.number), "age": {"known": "after", "trait": \#(trait)}"#
        #expect {
            try source(after)
        } throws: { ($0 as? RuntimeError)?.message.contains("columns.age.trait.known") == true }
        #expect {
            try source(Self.number)
        } throws: { ($0 as? RuntimeError)?.message.contains("columns.age") == true }
    }

    @Test("without the consent line gives no row a consent, so that the gate refuses everybody")
    func noConsent() throws {
        let age = #""age": {"known": "before", "trait": {"name": "age", "type": "integer", "meaning": "Age"}}"#
        let source = try source("\(Self.number), \(age)")
        let row = try source.mapper.row(1, ["C1", "41"], receivedAt: .now)
        #expect(row.proto(consentsFrom: nil).consents.isEmpty)
    }

    @Test("writes rejected rows beside the file, whether it is packed or not")
    func rejects() throws {
        let age = #""age": {"known": "after", "ignore": true}"#
        #expect(try source("\(Self.number), \(age)").defaultRejects.lastPathComponent == "f.rejects.csv")
    }
}
