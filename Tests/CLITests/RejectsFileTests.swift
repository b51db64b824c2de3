internal import Foundation
internal import RPC
internal import Testing

@testable internal import ZhikeCommands

@Suite("the file of rejected rows")
struct RejectsFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "zhike-test-\(UUID().uuidString)")
    private var rejects: URL { folder.appending(path: "f.rejects.csv") }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func write(_ text: String, to file: URL) throws { try Data(text.utf8).write(to: file) }

    private func text(_ file: URL) throws -> String { try String(contentsOf: file, encoding: .utf8) }

    /// An import that refuses one row.
    private func run(_ place: URL, besides inputs: [URL] = []) throws {
        var file = try RejectsFile(place, besides: inputs)
        file.add(Reject(rowNumber: 1, column: "age", reason: "no"))
        try file.putInPlace()
        try file.flush()
    }

    private func isRefused(_ place: URL, besides inputs: [URL] = []) -> Bool {
        do {
            try run(place, besides: inputs)
            return false
        } catch {
            return (error as? RuntimeError)?.message.contains("--rejects") == true
        }
    }

    @Test("takes the place of what an earlier run wrote, and of nothing")
    func own() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        for earlier in [nil, "", "row,column,reason\r\n7,age,old\r\n"] {
            try? FileManager.default.removeItem(at: rejects)
            if let earlier { try write(earlier, to: rejects) }
            try run(rejects)
            #expect(try text(rejects) == "row,column,reason\r\n1,age,no\r\n")
        }
    }

    @Test("never takes the place of another file, nor does what it writes on the way", arguments: ["", ".part"])
    func foreign(ending: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let other = URL(fileURLWithPath: rejects.path + ending)
        for content in ["name,phone\r\n", "row", "row,column,reason,more\r\n"] {
            try write(content, to: other)
            #expect(isRefused(rejects))
            #expect(try text(other) == content)
        }
        try FileManager.default.removeItem(at: other)
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        #expect(isRefused(rejects))
        try FileManager.default.removeItem(at: other)
        let target = folder.appending(path: "target.csv")
        try write("row,column,reason\r\n", to: target)
        try FileManager.default.createSymbolicLink(at: other, withDestinationURL: target)
        #expect(isRefused(rejects))
        #expect(FileManager.default.fileExists(atPath: target.path))
    }

    @Test("is neither the file that is imported nor its mapping, by whatever path")
    func inputs() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        // Refused rows that were corrected in place: it looks like a file of ours.
        let (input, mapping) = (folder.appending(path: "input.csv"), folder.appending(path: "m.json"))
        for file in [input, mapping] { try write("row,column,reason\r\n", to: file) }
        let link = folder.appending(path: "link.csv")
        try FileManager.default.linkItem(at: input, to: link)
        for place in [input, mapping, link, folder.appending(path: "../\(folder.lastPathComponent)/input.csv")] {
            #expect(isRefused(place, besides: [input, mapping]))
        }
        #expect(try text(input) == "row,column,reason\r\n")
    }
}
