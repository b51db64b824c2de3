internal import RPC

/// The rows that earlier runs of the same import have had stored. They are known by their number and by the stored
/// replies, not by the size of the chunks they came in, which may be another one today.
struct EarlierRows: Sendable {
    enum Fate: Sendable, Hashable {
        case accepted
        case refused(column: String, reason: String)
    }

    private var remaining: Int64
    private var refused: [Int64: Fate] = [:]

    /// - Parameter count: rows that were sent, refused ones among them.
    init(count: Int64) { remaining = count }

    /// One of them was refused.
    ///
    /// - Parameter key: what `take` is asked by later.
    mutating func refuse(_ key: Int64, column: String, reason: String) {
        refused[key] = .refused(column: column, reason: reason)
    }

    var isEmpty: Bool { remaining == 0 }

    /// What became of the next row, or nil where it was never sent.
    mutating func take(_ key: Int64) throws -> Fate? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        let fate = refused.removeValue(forKey: key) ?? .accepted
        if remaining == 0 { try finish() }
        return fate
    }

    /// At the end of the file, and of these rows: all that was refused must have come by, or the rows are others than
    /// those that were sent.
    func finish() throws {
        guard remaining == 0, refused.isEmpty else {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "This import was begun by a version of zhike that read the file in another way: finish it with "
                        + "that version, or change the title in the mapping, which begins a new import.",
                    "此导入由另一版本的 zhike 开始，其读取方式不同：请用该版本完成，或修改映射中的 title 以开始新的导入。"))
        }
    }
}
