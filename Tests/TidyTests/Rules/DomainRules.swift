/// Rule 2 of the design: a Domain folder holds pure rules.
enum DomainRules {
    static let all = [imports, synchronous, pure]

    private static func isDomain(_ file: SourceFile) -> Bool {
        file.path.hasPrefix("Services/") && file.path.contains("/Domain/") && file.isSwift
    }

    static let imports = TidyRule(
        "Domain imports Foundation and nothing else",
        breaking: [
            ("Services/KPI/Domain/X.swift", "internal import Logging"),
            ("Services/KPI/Domain/X.swift", "import Synchronization"),
        ],
        keeping: [
            ("Services/KPI/Domain/X.swift", "public import Foundation"),
            ("Services/KPI/Service/X.swift", "internal import Logging"),
        ]
    ) { file in
        guard isDomain(file) else { return [] }
        return file.imports.filter { $0.module != "Foundation" }.map {
            file.violation($0.line, "\($0.module) in Domain: rules take values and give values")
        }
    }

    static let synchronous = TidyRule(
        "Domain has no async, no actor and no task",
        breaking: [
            ("Services/KPI/Domain/X.swift", "func f() async -> Int { 1 }"),
            ("Services/KPI/Domain/X.swift", "public actor Counter {}"),
            ("Services/KPI/Domain/X.swift", "let work = Task { 1 }"),
        ],
        keeping: [("Services/KPI/Domain/X.swift", "// async\nlet actorName = \"async\"")]
    ) { file in
        guard isDomain(file) else { return [] }
        return file.codeLines(
            matching: #/\basync\b|\bawait\b|^\s*(?:public |package )?actor\s|\bTask\b(?:\.detached)?\s*[{(]/#,
            "a rule does not wait")
    }

    static let pure = TidyRule(
        "Domain reads no clock, no chance and no environment: they are given to it",
        breaking: [
            ("Services/KPI/Domain/X.swift", "let now = Date()"),
            ("Services/KPI/Domain/X.swift", "let now = Date.now"),
            ("Services/KPI/Domain/X.swift", "let id = UUID()"),
            ("Services/KPI/Domain/X.swift", "let die = Int.random(in: 1...6)"),
            ("Services/KPI/Domain/X.swift", "let home = ProcessInfo.processInfo.environment"),
        ],
        keeping: [
            ("Services/KPI/Domain/X.swift", "let die = Int.random(in: 1...6, using: &generator)"),
            ("Services/KPI/Domain/X.swift", "let start = Date(timeIntervalSince1970: 0)"),
        ]
    ) { file in
        guard isDomain(file) else { return [] }
        let pattern = #/\bDate\(\)|\bDate\.now\b|\bUUID\(\)|\.random\((?!.*using:)|\bProcessInfo\b|\bFileManager\b/#
        return file.codeLines(matching: pattern, "a rule is a function of what it is given")
    }
}
