/// What STYLE asks of every file, as far as words can show it.
enum StyleRules {
    static let all = [imports, unfinished, lifecycles, wildErrors]

    static let imports = TidyRule(
        "every import of the product has its access level",
        breaking: [("Shared/RPC/X.swift", "import Foundation"), ("Shared/RPC/X.swift", "@preconcurrency import NIO")],
        keeping: [
            ("Shared/RPC/X.swift", "public import Foundation\n@preconcurrency internal import NIO"),
            ("Tests/RPCTests/X.swift", "import Foundation"),
        ]
    ) { file in
        guard file.isProduct, file.isSwift else { return [] }
        return file.imports.filter { imported in
            let words = file.scan.codeLines[imported.line - 1].split(separator: " ")
            return !words.contains { SourceFile.importPrefixes.contains($0) }
        }.map { file.violation($0.line, "import without access level") }
    }

    private static let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "not " + "implemented"]

    static let unfinished = TidyRule(
        "nothing is left unfinished",
        breaking: marks.map { ("Shared/RPC/X.swift", "// \($0): later") },
        keeping: [
            ("Shared/RPC/X.swift", "static let unimplemented = Self(.unimplemented)"),
            ("deploy/x", "mktemp -d /tmp/zhike.XXXXXX"),
        ]
    ) { file in
        guard file.isHandWritten else { return [] }
        let pattern = #/\b(?:TODO|FIXME|XXX|not implemented)\b/#
        return file.lines(matching: pattern, "unfinished").filter {
            !file.path.hasPrefix("Tests/TidyTests/Rules/") || !file.lines[$0.line - 1].contains("pattern")
        }
    }

    static let lifecycles = TidyRule(
        "no initialiser starts a task: what runs long is a Service in the group",
        breaking: [("Shared/RPC/X.swift", "    init() {\n        Task { await run() }\n    }")],
        keeping: [("Shared/RPC/X.swift", "    func run() {\n        Task { await work() }\n    }")]
    ) { file in
        guard file.isProduct, file.isSwift else { return [] }
        var isInInitialiser = false
        var indentation = 0
        return file.scan.codeLines.enumerated().compactMap { index, line in
            let own = line.prefix { $0 == " " }.count
            if line.contains(#/^\s*(?:\w+ )*init[?]?[(<]/#) {
                isInInitialiser = true
                indentation = own
            } else if own <= indentation, line.hasPrefix(String(repeating: " ", count: own) + "}") {
                isInInitialiser = false
            }
            let starts = line.contains(#/^\s*(?:\w+ = )?Task(?:\.detached)?\s*[{(]/#)
            return isInInitialiser && starts ? file.violation(index + 1, "a task in an initialiser") : nil
        }
    }

    static let wildErrors = TidyRule(
        "no product code stops the process by try!, fatalError or print",
        breaking: [
            ("Shared/RPC/X.swift", "let x = try! f()"), ("Services/KPI/Service/X.swift", "fatalError(\"\")"),
            ("Services/KPI/Service/X.swift", "    print(customer)"),
        ],
        keeping: [
            ("Services/CLI/Commands/X.swift", "print(table)"), ("Shared/RPC/X.swift", "// try! never\ntext.printed()"),
        ]
    ) { file in
        guard file.isProduct, file.isSwift, !file.isGenerated else { return [] }
        // A wrapper may give up where C has no memory left.
        let isWrapper = UnsafeRules.wrappers.contains { file.path.hasPrefix($0) }
        let stops = file.codeLines(
            matching: isWrapper ? #/\btry!/# : #/\btry!|\bfatalError\(/#, "an error is thrown, not shot")
        let isForPeople = file.path.hasPrefix("Services/CLI/") || file.path.hasPrefix("Shared/ContractsGenerator/")
        return stops + (isForPeople ? [] : file.codeLines(matching: #/^\s*print\(/#, "log, do not print"))
    }
}
