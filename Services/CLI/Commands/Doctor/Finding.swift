/// What one check of the doctor found.
struct Finding: Sendable, Hashable, Encodable {
    enum State: String, Sendable, Hashable, Encodable {
        case ok
        /// Worth knowing; nothing fails for it.
        case note
        /// Something must be done before the suite can do its work.
        case act
    }

    /// A name that does not change with the language.
    var check: String
    var state: State
    var found: String
    /// A sentence that says what to do; empty where all is well.
    var advice: String

    static func ok(_ check: String, _ found: String) -> Finding {
        Finding(check: check, state: .ok, found: found, advice: "")
    }

    static func note(_ check: String, _ found: String, _ advice: String = "") -> Finding {
        Finding(check: check, state: .note, found: found, advice: advice)
    }

    static func act(_ check: String, _ found: String, _ advice: String) -> Finding {
        Finding(check: check, state: .act, found: found, advice: advice)
    }

    /// A table, and below it what must be done.
    static func text(_ findings: [Finding]) -> String {
        var table = Table(
            [localized("check", "检查项"), "", localized("found", "结果")], columnsOfText: [0, 1, 2])
        for finding in findings { table.add([finding.check, finding.state.word, finding.found]) }
        let advice = findings.filter { !$0.advice.isEmpty }.map { "\($0.check): \($0.advice)" }
        guard findings.contains(where: { $0.state == .act }) else {
            return ([table.text, ""] + advice + [localized("Nothing must be done.", "无需处理。")]).joined(separator: "\n")
        }
        return ([table.text, "", localized("What to do:", "需要处理：")] + advice).joined(separator: "\n")
    }
}

extension Finding.State {
    fileprivate var word: String {
        switch self {
        case .ok: localized("ok", "正常")
        case .note: localized("note", "提示")
        case .act: localized("to do", "待处理")
        }
    }
}
