internal import Foundation
internal import Testing

@testable internal import ZhikeCommands

@Suite("logs in one terminal")
struct LogTailTests {
    @Test("shows whole lines that were added, once, and begins again with a file that was emptied")
    func lines() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "zhike-test-\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: file) }
        func append(_ text: String) throws {
            let handle = try FileHandle(forWritingTo: file)
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(text.utf8))
            try handle.close()
        }
        try Data("old\n".utf8).write(to: file)
        var tail = LogTail(file)
        #expect(tail.newLines().isEmpty)
        try append("a\nb\nhal")
        #expect(tail.newLines() == ["a", "b"])
        try append("f 知\n")
        #expect(tail.newLines() == ["half 知"] && tail.newLines().isEmpty)
        try Data("new\n".utf8).write(to: file)
        #expect(tail.newLines() == ["new"])
    }
}
