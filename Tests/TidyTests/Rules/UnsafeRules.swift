/// Rule 3 of the design: what the compiler does not check lives in the wrappers alone, each with its reason.
enum UnsafeRules {
    static let all = [places, reasons]

    static let wrappers = [
        "Shared/NNG/", "Shared/ProtobufC/", "Shared/Postgres/", "Shared/CSV/", "Shared/Nettle/", "Shared/Suspension/",
        "Shared/Contracts/Generated/",
    ]

    static let places = TidyRule(
        "Unsafe*, OpaquePointer, Unmanaged, @unchecked Sendable and nonisolated(unsafe) occur in the wrappers alone",
        breaking: [
            ("Shared/RPC/X.swift", "let p: UnsafeMutablePointer<Int>"),
            ("Services/KPI/Service/X.swift", "final class X: @unchecked Sendable {}"),
            ("Shared/ServiceKit/X.swift", "nonisolated(unsafe) var x = 1"),
            ("Tests/RPCTests/X.swift", "let p = OpaquePointer(bitPattern: 1)"),
            ("Shared/RPC/X.swift", "bytes.withUnsafeBufferPointer { send($0) }"),
            ("Services/CLI/X.swift", "let x = unsafeBitCast(1, to: Double.self)"),
            ("Shared/RPC/X.swift", "await withUnsafeContinuation { kept.add($0) }"),
            ("Shared/RPC/X.swift", "await _unsafeInheritExecutor_withUnsafeContinuation { kept.add($0) }"),
        ],
        keeping: [
            ("Shared/NNG/X.swift", "let p: UnsafeMutablePointer<Int>"),
            ("Shared/RPC/X.swift", "// UnsafeMutablePointer\nlet text = \"OpaquePointer\""),
        ]
    ) { file in
        guard file.isSwift, !wrappers.contains(where: { file.path.hasPrefix($0) }) else { return [] }
        let pattern =
            #/\bUnsafe(?:Mutable|Raw|Buffer|Pointer|Continuation)\w*|\bOpaquePointer\b|\bUnmanaged\b|@unchecked\s+Sendable|nonisolated\(unsafe\)|\bunsafeBitCast\b|\bwithUnsafe\w*(?:Pointer|Continuation)\b|\b_unsafe\w+/#
        return file.codeLines(matching: pattern, "belongs into a wrapper")
    }

    static let reasons = TidyRule(
        "every @unchecked Sendable and nonisolated(unsafe) has its reason in a comment",
        breaking: [("Shared/NNG/X.swift", "import CNNG\n\nfinal class X: @unchecked Sendable {}")],
        keeping: [
            ("Shared/NNG/X.swift", "/// `@unchecked Sendable`: one queue.\nfinal class X: @unchecked Sendable {}")
        ]
    ) { file in
        guard file.isSwift, !file.isGenerated else { return [] }
        return file.codeLines(matching: #/@unchecked\s+Sendable|nonisolated\(unsafe\)/#, "say why this is safe").filter
        {
            !file.scan.commentLines.contains(where: (($0.line - 8)...$0.line).contains)
        }
    }
}
