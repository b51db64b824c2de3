import Foundation

/// The files of the repository, read once.
enum Tree {
    static let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Files whose text is looked at; fixtures of other rules and pictures are not.
    static let files: [SourceFile] = paths.compactMap { path in
        guard let data = FileManager.default.contents(atPath: top.appending(path: path).path), data.count < 4_000_000,
            let text = String(data: data, encoding: .utf8)
        else { return nil }
        return SourceFile(path, text)
    }

    /// Names at the top that are no part of the repository, as .gitignore has them.
    private static let passedOver: Set<String> = [".git", ".build", "Package.resolved", ".swiftpm", "data", "secrets"]

    static let topLevel: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: top.path)) ?? [])
        .filter { !passedOver.contains($0) && !$0.hasPrefix(".build-") }

    private static let paths: [String] = topLevel.flatMap { name -> [String] in
        let url = top.appending(path: name)
        guard let below = FileManager.default.enumerator(atPath: url.path) else { return [name] }
        let inner = below.compactMap { $0 as? String }.filter { inner in
            let kind = try? FileManager.default.attributesOfItem(atPath: url.appending(path: inner).path)[.type]
            return kind as? FileAttributeType == .typeRegular
        }
        return inner.isEmpty ? [name] : inner.map { "\(name)/\($0)" }
    }
}
