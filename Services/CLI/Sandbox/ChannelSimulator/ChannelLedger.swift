internal import Foundation
internal import Synchronization

/// What the channel has taken: how often each dedupe key, kept in a file as well where one is given.
final class ChannelLedger: Sendable {
    private struct State {
        var hits: [String: Int] = [:]
        var posts = 0
        var repeated = 0
        var forged = 0
        let file: FileHandle?
    }

    private let state: Mutex<State>

    /// - Parameter file: gets each key taken as a line that is on the disk before the post is answered. Keys that stand
    ///   in it already count as taken.
    init(file: URL?) throws {
        guard let file else {
            state = Mutex(State(file: nil))
            return
        }
        if !FileManager.default.fileExists(atPath: file.path) {
            try Data().write(to: file)
        }
        let handle = try FileHandle(forUpdating: file)
        let known = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
        var hits: [String: Int] = [:]
        for key in known.split(separator: "\n") { hits[String(key), default: 0] += 1 }
        state = Mutex(State(hits: hits, file: handle))
    }

    func countPost() {
        state.withLock { $0.posts += 1 }
    }

    func countForged() {
        state.withLock { $0.forged += 1 }
    }

    /// What came of a message that the channel was willing to take.
    enum Taking {
        case new
        /// Its key was known.
        case again
        /// Its key was known, and the channel deduplicates: it was not taken.
        case repeated
    }

    /// Takes a message.
    func take(_ key: String, deduplicates: Bool) throws -> Taking {
        try state.withLock { state in
            let isKnown = state.hits[key] != nil
            if deduplicates, isKnown {
                state.repeated += 1
                return .repeated
            }
            if let file = state.file {
                try file.write(contentsOf: Data((key + "\n").utf8))
                try file.synchronize()
            }
            state.hits[key, default: 0] += 1
            return isKnown ? .again : .new
        }
    }

    func hasTaken(_ key: String) -> Bool {
        state.withLock { $0.hits[key] != nil }
    }

    var keys: [String: Int] {
        state.withLock { $0.hits }
    }

    var summary: ChannelSummary {
        state.withLock { state in
            ChannelSummary(
                posts: state.posts, taken: state.hits.count,
                duplicates: state.hits.values.reduce(0) { $0 + $1 - 1 }, repeated: state.repeated,
                forged: state.forged)
        }
    }
}

/// What `GET /received` answers.
public struct ChannelSummary: Sendable, Equatable, Codable {
    /// Posts that arrived, whatever became of them.
    public let posts: Int
    /// Different dedupe keys taken.
    public let taken: Int
    /// Messages that reached a customer once more: 0 is what the suite promises.
    public let duplicates: Int
    /// Posts of a known key that deduplication stopped.
    public let repeated: Int
    /// Posts whose signature or time was wrong.
    public let forged: Int
}
