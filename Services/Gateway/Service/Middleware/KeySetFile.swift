internal import Foundation
internal import RPC

/// The file of the key set, and which of its states the keys in use were read from.
struct KeySetFile: Sendable {
    let path: String
    private let load: @Sendable (String) async throws(RuntimeError) -> KeySet
    /// Nil while the last reading failed.
    private var known: [String]?

    init(
        path: String,
        load: @escaping @Sendable (String) async throws(RuntimeError) -> KeySet = { path async throws(RuntimeError) in
            try await KeySet(contentsOfFile: path)
        }
    ) {
        self.path = path
        self.load = load
    }

    /// - Throws: a sentence that names what is wrong with the file; it is then read again the next time, as it may be its
    ///   rights that were wrong, which do not change how it looks.
    mutating func read() async throws(RuntimeError) -> KeySet {
        // Taken before: what changes during the reading is noticed the next time.
        let now = stamp
        known = nil
        let keys = try await load(path)
        known = now
        return keys
    }

    /// Nil where the file is as it was read last.
    mutating func readIfChanged() async throws(RuntimeError) -> KeySet? {
        guard known == nil || known != stamp else { return nil }
        return try await read()
    }

    /// Changes with the file. Where secrets are mounted it often is a link to a link, and those are what changes: so it
    /// is the file at their end that is looked at.
    private var stamp: [String] {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        return [target]
            + [FileAttributeKey.modificationDate, .size, .systemFileNumber].map { "\(attributes?[$0] ?? "")" }
    }
}
