internal import Foundation

/// What is added to a log file, line by line.
struct LogTail: Sendable {
    private let file: URL
    private var offset: UInt64
    /// The beginning of a line whose end is not written yet.
    private var rest: [UInt8] = []

    /// Begins at the end of what is there now.
    init(_ file: URL) {
        self.file = file
        offset = Self.size(of: file)
    }

    private static func size(of file: URL) -> UInt64 {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
        return (attributes?[.size] as? NSNumber)?.uint64Value ?? 0
    }

    /// The lines written since the last time. A file that became shorter is read from its beginning.
    mutating func newLines() -> [String] {
        let size = Self.size(of: file)
        if size < offset {
            offset = 0
            rest = []
        }
        guard size > offset, let handle = try? FileHandle(forReadingFrom: file) else { return [] }
        defer { try? handle.close() }
        guard (try? handle.seek(toOffset: offset)) != nil, let data = try? handle.readToEnd() else { return [] }
        offset += UInt64(data.count)
        rest += data
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let lines = rest[..<end].split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        rest.removeSubrange(...end)
        return lines
    }
}

/// Shows the logs of all suite services in one terminal, in the order of their times.
struct LogFollower: Sendable {
    let folder: URL

    /// Shows until the task is cancelled.
    func run() async {
        var tails = SuiteFolder.services.map { LogTail(folder.appending(path: "\($0).log")) }
        while true {
            var lines: [String] = []
            for index in tails.indices { lines += tails[index].newLines() }
            for line in Self.inOrder(lines) { Terminal.shared.say(line, in: Self.colour(of: line)) }
            guard !Task.isCancelled else { return }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Each begins with the time of day; lines of one moment stay in the order of their file.
    private static func inOrder(_ lines: [String]) -> [String] {
        let numbered = lines.enumerated().map { (time: $0.element.prefix(12), place: $0.offset, line: $0.element) }
        return numbered.sorted { ($0.time, $0.place) < ($1.time, $1.place) }.map(\.line)
    }

    /// Trouble stands out.
    private static func colour(of line: String) -> Terminal.Colour {
        switch line.split(separator: " ", maxSplits: 2).dropFirst().first ?? "" {
        case "error", "critical": .red
        case "warning": .yellow
        default: .faint
        }
    }
}
