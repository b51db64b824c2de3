import Testing

/// A place that breaks a rule.
struct Violation: Equatable, CustomStringConvertible {
    let path: String
    let line: Int
    let what: String

    var description: String { "\(path):\(line): \(what)" }
}

/// One rule of the tree: a function of a file, with a fixture that breaks it and one that keeps it.
struct TidyRule: Sendable, CustomTestStringConvertible {
    let name: String
    let check: @Sendable (SourceFile) -> [Violation]
    let breaking: [SourceFile]
    let keeping: [SourceFile]

    init(
        _ name: String, breaking: [(String, String)], keeping: [(String, String)] = [],
        _ check: @escaping @Sendable (SourceFile) -> [Violation]
    ) {
        self.name = name
        self.check = check
        self.breaking = breaking.map { SourceFile($0.0, $0.1) }
        self.keeping = keeping.map { SourceFile($0.0, $0.1) }
    }

    var testDescription: String { name }

    static let all: [TidyRule] =
        ArrowRules.all + DomainRules.all + UnsafeRules.all + StorageRules.all + ShapeRules.all + StyleRules.all
        + TestRules.all
}

extension SourceFile {
    func violation(_ line: Int, _ what: String) -> Violation {
        Violation(path: path, line: line, what: what)
    }

    /// A violation for each line of code (not of a comment or a text) that matches.
    func codeLines(matching pattern: Regex<Substring>, _ what: String) -> [Violation] {
        // Simple: by Unicode's own rule `ProcessInfo.processInfo` would be one word.
        let words = pattern.wordBoundaryKind(.simple)
        return scan.codeLines.enumerated().compactMap { index, line in
            line.contains(words) ? violation(index + 1, what) : nil
        }
    }

    /// A violation for each line that matches, whatever it is.
    func lines(matching pattern: Regex<Substring>, _ what: String) -> [Violation] {
        let words = pattern.wordBoundaryKind(.simple)
        return lines.enumerated().compactMap { index, line in
            line.contains(words) ? violation(index + 1, what) : nil
        }
    }
}
