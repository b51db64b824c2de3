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

    /// A file of refused rows begins so, and no other file is ever replaced.
    private static let header = CSVFormat().line(["row", "column", "reason"])
    /// More refused rows are not kept in memory.
    private static let pendingLimit = 1_000

    /// - Parameter inputs: What the import reads; none of these is taken for the file of an earlier run.
    init(_ url: URL, besides inputs: [URL]) throws {
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
        let files = inputs.compactMap(FileIdentity.init)
        for place in [url, part] {
            guard FileIdentity(place).map(files.contains) != true else {
                throw RuntimeError(
                    .configurationInvalid,
                    localized(
                        "Rejected rows cannot be written to \(place.path), which the import reads: name another file "
                            + "with --rejects.",
                        "无法将被拒绝的行写入导入所读取的文件 \(place.path)：请用 --rejects 指定其他文件。"))
            }
            try Self.requireReplaceable(place)
        }
        try? FileManager.default.removeItem(at: part)
    }

    /// Nothing, an empty file, or the refused rows of an earlier run.
    private static func requireReplaceable(_ place: URL) throws {
        guard let found = try? FileManager.default.attributesOfItem(atPath: place.path) else { return }
        if found[.type] as? FileAttributeType == .typeRegular, let handle = try? FileHandle(forReadingFrom: place) {
            defer { try? handle.close() }
            let start = (try? handle.read(upToCount: header.utf8.count)) ?? Data()
            if start.isEmpty && (found[.size] as? NSNumber)?.int64Value == 0 || start == Data(header.utf8) { return }
        }
        throw RuntimeError(
            .configurationInvalid,
            localized(
                "\(place.path) is no file of rejected rows and is not replaced: move it, or name another file with "
                    + "--rejects.",
                "\(place.path) 不是被拒绝行的文件，不会被覆盖：请将其移走，或用 --rejects 指定其他文件。"))
    }

    /// Whether what was added should be written.
    var isFull: Bool { pending.count >= Self.pendingLimit }

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
            text = Self.header
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
        try Self.requireReplaceable(url)
        try? FileManager.default.removeItem(at: url)
        if handle != nil { try FileManager.default.moveItem(at: part, to: url) }
    }
}

/// Which file a path names, by whatever link.
private struct FileIdentity: Equatable {
    private let volume: UInt64
    private let number: UInt64

    /// nil where there is none.
    init?(_ url: URL) {
        let path = url.resolvingSymlinksInPath().path
        guard let found = try? FileManager.default.attributesOfItem(atPath: path),
            let volume = (found[.systemNumber] as? NSNumber)?.uint64Value,
            let number = (found[.systemFileNumber] as? NSNumber)?.uint64Value
        else { return nil }
        self.volume = volume
        self.number = number
    }
}
