/// Rule 6 of the design: short files, short functions, folders with names that say something.
enum ShapeRules {
    static let all = [length, functions, folders]

    static let length = TidyRule(
        "no file has more than 500 lines",
        breaking: [("Shared/RPC/X.swift", String(repeating: "\n", count: 501))],
        keeping: [
            ("Shared/RPC/X.swift", String(repeating: "\n", count: 499)),
            ("Shared/Contracts/Generated/X.swift", String(repeating: "\n", count: 900)),
        ]
    ) { file in
        guard file.isHandWritten, file.lines.count > 501 else { return [] }
        return [file.violation(501, "\(file.lines.count) lines: it has a second subject")]
    }

    static let functions = TidyRule(
        "no function has more than 70 lines",
        breaking: [
            ("Shared/RPC/X.swift", "func f(\n    a: Int\n) {\n" + String(repeating: "    g()\n", count: 70) + "}\n"),
            ("deploy/x", "f() {\n" + String(repeating: "    g\n", count: 70) + "}\n"),
        ],
        keeping: [
            ("Shared/RPC/X.swift", "func f() {\n" + String(repeating: "    g()\n", count: 68) + "}\n"),
            ("Shared/RPC/X.swift", "protocol P {\n    func f()\n" + String(repeating: "\n", count: 80) + "}\n"),
        ]
    ) { file in
        guard file.isHandWritten, !file.path.hasSuffix(".sql") else { return [] }
        let start = functionStart
        return file.lines.indices.compactMap { index in
            guard file.lines[index].contains(start), let end = end(of: index, in: file.lines),
                end - index + 1 > 70
            else { return nil }
            return file.violation(index + 1, "a function of \(end - index + 1) lines")
        }
    }

    private static var functionStart: Regex<Substring> {
        #/^\s*(?:[@\w()]+ )*(?:func |init[?]?[(<]|def )|^\s*[\w-]+\(\) \{/#
    }

    /// The line of the closing brace: the format puts it under the beginning of the declaration.
    private static func end(of start: Int, in lines: [Substring]) -> Int? {
        let indentation = lines[start].prefix { $0 == " " }.count
        if lines[start].hasSuffix("}") { return start }
        for index in (start + 1)..<max(start + 1, lines.count) {
            let line = lines[index]
            let own = line.prefix { $0 == " " }
            guard own.count <= indentation, !line.isEmpty else { continue }
            guard own.count == indentation else { return nil }
            let rest = line.dropFirst(indentation)
            if rest.hasPrefix("}") { return index }
            // A declaration that goes on: `) async throws {`, `where …`.
            guard [")", "where ", "{", "-> "].contains(where: { rest.hasPrefix($0) }) else { return nil }
        }
        return nil
    }

    static let folders = TidyRule(
        "no folder is called Utils, Helpers, Common, Core, Misc or New",
        breaking: [("Shared/RPC/Utils/X.swift", ""), ("Services/KPI/Service/helpers/X.swift", "")],
        keeping: [("Shared/Contracts/Proto/zhike/common/v1/common.proto", "")]
    ) { file in
        guard !file.path.hasSuffix(".proto"), !file.isGenerated else { return [] }
        let bad: Set<String> = ["util", "utils", "utilities", "helper", "helpers", "common", "core", "misc", "new"]
        return file.folders.contains { bad.contains($0.lowercased()) }
            ? [file.violation(1, "a folder whose name says nothing")] : []
    }

    /// What is at the top and does not belong there, or belongs there and is not.
    static func wrongAtTop(_ names: Set<String>) -> Set<String> {
        names.symmetricDifference([
            "Package.swift", "README.md", "docker-compose.yml", "Services", "Shared", "Tests", "deploy", ".ci",
            ".gitignore", ".swift-format",
        ])
    }

    static func median(_ values: [Int]) -> Int {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
