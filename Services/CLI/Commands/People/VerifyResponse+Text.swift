internal import Contracts

extension KPIV1.VerifyResponse {
    /// All differences, of which the reply holds the first; a kpi service of before sent no more than these.
    var total: Int64 { max(differenceCount, Int64(differences.count)) }

    /// The last line of a recomputation.
    var summary: String {
        let found = localized(
            "\(cells) cells, \(entries) entries, \(total) differences",
            "\(cells) 个单元，\(entries) 条日志，\(total) 处差异")
        guard total > differences.count else { return found }
        return found + localized("; the first \(differences.count) are shown", "；仅显示前 \(differences.count) 处")
    }
}
