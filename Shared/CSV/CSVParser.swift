internal import CCSV

/// libcsv behind Swift values: bytes in, rows out, strict RFC 4180.
///
/// A row that breaks the rules becomes a row with a problem, and reading goes on with the next line, so that one bad row
/// does not stop the rest.
final class CSVParser {
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let options = UInt8(CSV_STRICT | CSV_STRICT_FINI)

    private let format: CSVFormat
    private let delimiter: UInt8
    private var parser = csv_parser()
    private let collector: RowCollector
    private var position: CSVPosition
    private var startLine: Int
    /// Set while the rest of a broken line is passed over.
    private var brokenBy: String?

    init(format: CSVFormat, from position: CSVPosition) throws(CSVError) {
        guard let delimiter = format.delimiter.asciiValue, !"\"\r\n".utf8.contains(delimiter) else {
            throw CSVError("The delimiter must be one ASCII character that is no quote and no line end.")
        }
        self.format = format
        self.delimiter = delimiter
        self.position = position
        startLine = position.lineNumber + 1
        collector = RowCollector(format)
        begin()
    }

    deinit {
        csv_free(&parser)
    }

    /// Takes the next bytes of the file and returns the rows that end in them.
    func parse(_ bytes: [UInt8]) -> [CSVRow] {
        var rows: [CSVRow] = []
        bytes.withUnsafeBufferPointer { buffer in
            var start = 0
            while start < buffer.count {
                // A piece ends with its line, so that the end of a row is a known offset.
                let end = Self.endOfLine(buffer, from: start)
                take(UnsafeBufferPointer(rebasing: buffer[start..<end]), into: &rows)
                start = end
            }
        }
        return rows
    }

    /// The last row, where the file does not end with a line end.
    func finish() -> [CSVRow] {
        if brokenBy == nil, csv_fini(&parser, appendField, endRow, pointerToCollector) != 0 {
            brokenBy = "has a quote that is never closed"
        }
        var rows: [CSVRow] = []
        deliver(into: &rows)
        return rows
    }

    private func begin() {
        csv_init(&parser, Self.options)
        csv_set_delim(&parser, delimiter)
        // Spaces belong to the field (RFC 4180, section 2, rule 4); libcsv would drop them.
        csv_set_space_func(&parser) { _ in 0 }
    }

    private static func endOfLine(_ buffer: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while index < buffer.count {
            let byte = buffer[index]
            index += 1
            if byte == lineFeed { return index }
            // A lone CR ends a row too; in CRLF the piece goes on to the LF.
            if byte == carriageReturn, index < buffer.count, buffer[index] != lineFeed { return index }
        }
        return index
    }

    private func take(_ piece: UnsafeBufferPointer<UInt8>, into rows: inout [CSVRow]) {
        position.byteOffset += Int64(piece.count)
        let endsLine = piece.last == Self.lineFeed || piece.last == Self.carriageReturn
        if piece.last == Self.lineFeed || (endsLine && piece.count > 1) { position.lineNumber += 1 }
        if brokenBy == nil {
            let used = csv_parse(&parser, piece.baseAddress, piece.count, appendField, endRow, pointerToCollector)
            if used < piece.count {
                // libcsv cannot go on after an error: a new one takes over at the next line.
                breakRow("has a quote where RFC 4180 allows none")
            } else if let excess = collector.excess(unfinishedFieldBytes: parser.entry_pos) {
                breakRow(excess)
            }
        }
        if brokenBy != nil ? endsLine : collector.isComplete { deliver(into: &rows) }
        if !collector.hasFields, parser.entry_pos == 0, brokenBy == nil, endsLine {
            startLine = position.lineNumber + 1
        }
    }

    private func breakRow(_ reason: String) {
        brokenBy = reason
        csv_free(&parser)
        begin()
    }

    private func deliver(into rows: inout [CSVRow]) {
        let (fields, isText) = collector.take()
        let problem = brokenBy ?? (isText ? nil : "holds bytes that are no UTF-8 text")
        brokenBy = nil
        defer { startLine = position.lineNumber + 1 }
        if fields.isEmpty, problem == nil { return }
        position.rowNumber += 1
        rows.append(
            CSVRow(
                number: position.rowNumber, line: startLine, fields: problem == nil ? fields : [], problem: problem,
                end: position))
    }

    /// Borrowed: the collector lives as long as the parser, and libcsv keeps the pointer only during a call.
    private var pointerToCollector: UnsafeMutableRawPointer { Unmanaged.passUnretained(collector).toOpaque() }
}
