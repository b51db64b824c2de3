/// Where a row ends: enough to read on from there later.
public struct CSVPosition: Sendable, Codable, Hashable {
    /// The first byte behind the row, counted from the start of the (unpacked) file.
    public var byteOffset: Int64
    /// Rows before that byte, the header included.
    public var rowNumber: Int
    /// Lines before that byte; more than rows where quoted fields hold line ends.
    public var lineNumber: Int

    public static let start = CSVPosition(byteOffset: 0, rowNumber: 0, lineNumber: 0)

    public init(byteOffset: Int64, rowNumber: Int, lineNumber: Int) {
        self.byteOffset = byteOffset
        self.rowNumber = rowNumber
        self.lineNumber = lineNumber
    }
}

/// One row of a file.
public struct CSVRow: Sendable, Equatable {
    /// Counted from 1, the header included: what a spreadsheet shows.
    public var number: Int
    /// The line the row begins on, counted from 1: what an editor shows.
    public var line: Int
    /// Empty where there is a problem.
    public var fields: [String]
    /// Why the row cannot be used, as the end of a sentence that begins with the row's number; nil when it can.
    public var problem: String?
    /// Where to read on after this row.
    public var end: CSVPosition
}
