/// Rows on their way into a table by COPY.
///
/// The binary format knows no conversions: a value must have exactly the type of its column (an `Int64` for `bigint`,
/// an `Int16` for `smallint`, a `PostgresJSON` for `jsonb`).
public struct PostgresCopyWriter: ~Copyable {
    private let connection: PostgresConnection
    private let columnCount: Int
    private var buffer = PostgresBuffer()
    /// Enough for the cost of a hand-over not to matter, and what an unsent COPY takes of memory.
    private static let chunkBytes = 64 * 1024

    init(connection: PostgresConnection, columnCount: Int) {
        self.connection = connection
        self.columnCount = columnCount
        buffer.reserve(Self.chunkBytes + 4096)
        // Signature, flags, length of the header's extension: "File Formats, Binary Format" in the manual of COPY.
        buffer.append([0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00])
        buffer.append(Int32(0))
        buffer.append(Int32(0))
    }

    /// Adds a row; waits while the server is behind.
    public mutating func write<each T: PostgresEncodable>(_ value: repeat each T) async throws {
        var count = 0
        let start = buffer.count
        buffer.append(Int16(0))
        for item in repeat each value {
            buffer.appendField(item)
            count += 1
        }
        guard count == columnCount else {
            throw PostgresError(.invalidUse, "COPY of \(columnCount) columns was given a row of \(count)")
        }
        buffer.setInteger(Int16(count), at: start)
        if buffer.count >= Self.chunkBytes { try await send() }
    }

    /// Adds a row whose columns are known only at run time.
    public mutating func write(fields: [any PostgresEncodable]) async throws {
        guard fields.count == columnCount else {
            throw PostgresError(.invalidUse, "COPY of \(columnCount) columns was given a row of \(fields.count)")
        }
        buffer.append(Int16(fields.count))
        for field in fields { buffer.appendField(field) }
        if buffer.count >= Self.chunkBytes { try await send() }
    }

    private mutating func send() async throws {
        try await connection.copyData(buffer.bytes)
        buffer.removeAll()
    }

    mutating func finish() async throws {
        buffer.append(Int16(-1))
        try await send()
    }
}
