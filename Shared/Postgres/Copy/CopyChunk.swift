/// Rows read by COPY, in one block of memory.
final class CopyChunk: RowStorage, Sendable {
    private let bytes: [UInt8]
    /// Where each row's number of columns stands.
    private let rowStarts: [Int]

    init(bytes: [UInt8], rowStarts: [Int]) {
        self.bytes = bytes
        self.rowStarts = rowStarts
    }

    var rowCount: Int { rowStarts.count }
    var rows: [PostgresRow] { rowStarts.indices.map { PostgresRow(storage: self, index: $0) } }
    var columnCount: Int { rowStarts.first.map { Int(integer(at: $0, as: Int16.self)) } ?? 0 }

    func columnIndex(named name: String) -> Int? { nil }
    func type(column: Int) -> PostgresType { .unknown }

    func withField<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) throws(PostgresError) -> R)
        throws(PostgresError) -> R
    {
        let isCut = PostgresError(.decoding, "a row of COPY that is cut short")
        var offset = rowStarts[row] + 2
        let end = row + 1 < rowStarts.count ? rowStarts[row + 1] : bytes.count
        for _ in 0..<column {
            guard offset + 4 <= end else { throw isCut }
            offset += 4 + max(0, Int(integer(at: offset, as: Int32.self)))
        }
        guard offset + 4 <= end else { throw isCut }
        let length = Int(integer(at: offset, as: Int32.self))
        guard length >= 0 else { return try body(nil) }
        guard length <= end - offset - 4 else { throw isCut }
        let range = offset + 4..<offset + 4 + length
        // `withUnsafeBytes` knows no typed errors, so the outcome is carried out.
        return try bytes.withUnsafeBytes { all in
            Result { () throws(PostgresError) in try body(UnsafeRawBufferPointer(rebasing: all[range])) }
        }.get()
    }

    private func integer<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: T.Type) -> T {
        bytes.withUnsafeBytes { T(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
    }
}

/// Gathers what libpq gives piece by piece: each piece is one row, the first has the header before it.
struct CopyChunkBuilder {
    private static let maximumBytes = 1 << 20
    private static let maximumRows = 4096

    private var bytes: [UInt8] = []
    private var rowStarts: [Int] = []
    private var hasHeader: Bool

    init(hasHeader: Bool) {
        self.hasHeader = hasHeader
    }

    var rowCount: Int { rowStarts.count }
    var isFull: Bool { bytes.count >= Self.maximumBytes || rowStarts.count >= Self.maximumRows }

    mutating func append(_ piece: UnsafeRawBufferPointer) throws(PostgresError) {
        var piece = piece[...]
        if hasHeader {
            hasHeader = false
            guard piece.count >= 19 else { throw PostgresError(.decoding, "COPY began without its header") }
            let extensionLength = UnsafeRawBufferPointer(rebasing: piece).loadUnaligned(
                fromByteOffset: 15, as: UInt32.self)
            piece = piece.dropFirst(19 + Int(UInt32(bigEndian: extensionLength)))
        }
        guard piece.count >= 2 else { return }
        let row = UnsafeRawBufferPointer(rebasing: piece)
        // -1 columns mark the end.
        guard Int16(bigEndian: row.loadUnaligned(as: Int16.self)) >= 0 else { return }
        rowStarts.append(bytes.count)
        bytes.append(contentsOf: row)
    }

    func finish() -> CopyChunk { CopyChunk(bytes: bytes, rowStarts: rowStarts) }
}
