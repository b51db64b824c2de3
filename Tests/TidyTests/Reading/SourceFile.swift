/// A file of the tree: its path from the top of the repository, and its text.
struct SourceFile: Sendable {
    let path: String
    let text: String
    let lines: [Substring]
    /// The Swift in it, with comments and the insides of texts blanked.
    let scan: SwiftScan

    init(_ path: String, _ text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        scan = path.hasSuffix(".swift") ? SwiftScan(text) : SwiftScan("")
    }

    var folders: [Substring] { path.split(separator: "/").dropLast() }
    var isSwift: Bool { path.hasSuffix(".swift") }
    /// Code that people run, as opposed to tests.
    var isProduct: Bool { path.hasPrefix("Shared/") || path.hasPrefix("Services/") }
    var isTest: Bool { path.hasPrefix("Tests/") }

    /// Written by protoc-c or by our own generator.
    var isGenerated: Bool {
        ["Shared/Contracts/Generated/", "Shared/C/CContracts/", "Shared/C/CDescriptor/"].contains {
            path.hasPrefix($0)
        }
    }

    /// Files that people write and read, whose length counts.
    var isHandWritten: Bool {
        guard !isGenerated else { return false }
        let isScript = !path.contains(".") || path.hasPrefix(".ci/")
        return isScript || [".swift", ".sql", ".sh", ".py", ".js", ".css"].contains { path.hasSuffix($0) }
    }

    /// The modules it imports, each with its line.
    var imports: [(module: String, line: Int)] {
        scan.codeLines.enumerated().compactMap { index, line in
            let words = line.split(separator: " ")
            guard let word = words.firstIndex(of: "import"), word + 1 < words.count,
                words[..<word].allSatisfy({ Self.importPrefixes.contains($0) || $0.hasPrefix("@") })
            else { return nil }
            // `import struct NIOCore.ByteBuffer` names the module in its last word.
            let name = words.last.map(String.init) ?? ""
            return (String(name.prefix { $0 != "." }), index + 1)
        }
    }

    static let importPrefixes: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
}
