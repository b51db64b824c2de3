internal import CSV
internal import Foundation
internal import Synchronization

/// Rows of an import that were refused: number, column and reason. Made with the first of them.
final class RejectsFile: Sendable {
    private let url: URL
    private let handle = Mutex<FileHandle?>(nil)

    init(_ url: URL) throws {
        self.url = url
        try? FileManager.default.removeItem(at: url)
    }

    func add(_ rowNumber: Int64, _ column: String, _ reason: String) throws {
        try handle.withLock { handle in
            if handle == nil {
                let header = CSVFormat().line(["row", "column", "reason"]) + "\n"
                _ = FileManager.default.createFile(
                    atPath: url.path, contents: Data(header.utf8), attributes: [.posixPermissions: 0o600])
                handle = try FileHandle(forWritingTo: url)
                _ = try handle?.seekToEnd()
            }
            let line = CSVFormat().line([String(rowNumber), column, reason]) + "\n"
            try handle?.write(contentsOf: Data(line.utf8))
        }
    }
}
