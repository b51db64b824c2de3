/// Reads a file row by row, at most a chunk of it in memory. Reading blocks: see `CSVBatches` for tasks.
public final class CSVReader {
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let source: ByteSource
    private let parser: CSVParser
    private var rows: [CSVRow] = []
    private var nextRow = 0
    private var isAtStart: Bool
    private var isAtEnd = false

    /// - Parameters:
    ///   - path: a CSV file, or one packed with gzip.
    ///   - position: the end of the last row that was dealt with; the start of the file otherwise.
    public init(path: String, format: CSVFormat, from position: CSVPosition = .start) throws(CSVError) {
        source = try ByteSource(path: path, offset: position.byteOffset)
        parser = try CSVParser(format: format, from: position)
        isAtStart = position.byteOffset == 0
    }

    /// The next row, nil at the end. Empty lines are passed over.
    public func next() throws(CSVError) -> CSVRow? {
        while nextRow == rows.count {
            if isAtEnd { return nil }
            let bytes = try source.next()
            isAtEnd = bytes.isEmpty
            rows = isAtEnd ? parser.finish() : parser.parse(blankingByteOrderMark(bytes))
            nextRow = 0
        }
        defer { nextRow += 1 }
        return rows[nextRow]
    }

    /// A byte order mark is no part of the first field. A line end in its place is passed over and keeps offsets true.
    private func blankingByteOrderMark(_ bytes: [UInt8]) -> [UInt8] {
        defer { isAtStart = false }
        guard isAtStart, bytes.starts(with: Self.byteOrderMark) else { return bytes }
        return Array(repeating: UInt8(ascii: "\r"), count: 3) + bytes.dropFirst(3)
    }
}
