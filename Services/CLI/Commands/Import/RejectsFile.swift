internal import CSV
internal import Foundation
internal import RPC

/// A row that was refused.
struct Reject: Sendable, Hashable {
    /// Of the row in the file, from 1, the header not counted.
    var rowNumber: Int64
    var column: String
    var reason: String
}

/// The refused rows of an import with number, column and reason, in the order of the rows; no file where there are
/// none.
///
/// A run that goes on with an interrupted one writes all of it anew beside the old file, and puts it in its place as
/// soon as it holds what the old one held. So whenever it stops, the file is complete as far as the import went,
/// without doubles.
struct RejectsFile: ~Copyable {
    private let url: URL
    private let part: URL
    private var handle: FileHandle?
    private var isInPlace = false
    /// Rows of the chunk under way, in the order in which they were refused.
    private var pending: [Reject] = []
    private(set) var count: Int64 = 0

    init(_ url: URL) throws {
        self.url = url
        part = url.appendingPathExtension("part")
        let folder = url.deletingLastPathComponent()
        guard FileManager.default.isWritableFile(atPath: folder.path) else {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "The folder \(folder.path) cannot be written: name a file for rejected rows with --rejects.",
                    "无法写入文件夹 \(folder.path)：请用 --rejects 指定被拒绝行的输出文件。"))
        }
        try? FileManager.default.removeItem(at: part)
    }

    mutating func add(_ reject: Reject) { pending.append(reject) }

    /// Writes what was added since the last time.
    mutating func flush() throws {
        guard !pending.isEmpty else { return }
        var text = ""
        if handle == nil {
            let place = isInPlace ? url : part
            guard
                FileManager.default.createFile(
                    atPath: place.path, contents: nil, attributes: [.posixPermissions: 0o600])
            else {
                throw RuntimeError(
                    .configurationInvalid,
                    localized("The file \(place.path) cannot be written.", "无法写入文件 \(place.path)。"))
            }
            handle = try FileHandle(forWritingTo: place)
            text = CSVFormat().line(["row", "column", "reason"])
        }
        for reject in pending.sorted(by: { $0.rowNumber < $1.rowNumber }) {
            text += CSVFormat().line([String(reject.rowNumber), reject.column, reject.reason])
        }
        try handle?.write(contentsOf: Data(text.utf8))
        count += Int64(pending.count)
        pending.removeAll(keepingCapacity: true)
    }

    /// Puts what is written in the place of an earlier run's file; what follows is added to it there.
    mutating func putInPlace() throws {
        guard !isInPlace else { return }
        try flush()
        isInPlace = true
        try? FileManager.default.removeItem(at: url)
        if handle != nil { try FileManager.default.moveItem(at: part, to: url) }
    }
}
