internal import Foundation
internal import ProfileDomain
internal import RPC
internal import Testing

@testable internal import ZhikeCommands

@Suite("an import that cannot begin")
struct MappingErrorsTests {
    private func source(
        _ columns: String, header: String = "number,age", name: String = "f.csv"
    ) throws -> ImportSource {
        try source(columns, Data("\(header)\nC1,41\n".utf8), name)
    }

    private func source(_ columns: String, _ content: Data, _ name: String = "f.csv") throws -> ImportSource {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zhike-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, mapping) = (folder.appending(path: name), folder.appending(path: "m.json"))
        try content.write(to: file)
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
        #expect(row.proto.consents.isEmpty)
    }

    @Test("says what is wrong with the header, and not that a column is missing", arguments: ["number,\u{22}age", ""])
    func header(text: String) throws {
        #expect {
            try source(Self.number, Data(text.utf8))
        } throws: { error in
            guard let message = (error as? RuntimeError)?.message else { return false }
            return message.hasPrefix("f.csv: The") && !message.contains("columns.")
        }
    }

    @Test("asks for UTF-8 where the header is in another encoding")
    func encoding() throws {
        // The word for customer in GBK.
        let content = Data([0xBF, 0xCD, 0xBB, 0xA7] + Array(",age\nC1,41\n".utf8))
        #expect {
            try source(Self.number, content)
        } throws: { ($0 as? RuntimeError)?.message.contains("UTF-8") == true }
    }

    @Test(
        "names the files of rejected rows after the file, whether it is packed or not",
        arguments: ["f.csv", "f.csv.gz"])
    func rejects(name: String) throws {
        let age = #""age": {"known": "after", "ignore": true}"#
        let source = try source("\(Self.number), \(age)", name: name)
        #expect(source.defaultRejects.lastPathComponent == "f.rejects.csv")
        #expect(source.defaultPastRejects.lastPathComponent == "f.past.rejects.csv")
    }
}
