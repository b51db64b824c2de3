internal import CPostgres
internal import Foundation

extension PostgresConnection {
    /// Reads a table or a statement's rows by COPY, in the binary format, in chunks: memory stays bounded however long
    /// it is, and the server is slowed to the reader's pace. Columns have places, no names.
    ///
    /// - Parameter source: `COPY` takes no parameters, so a statement must not hold values.
    public nonisolated(nonsending) func copyOut(
        _ source: SQL, deadline: ContinuousClock.Instant? = nil, _ body: ([PostgresRow]) async throws -> Void
    ) async throws {
        guard source.parameters.slots.isEmpty else {
            throw PostgresError(.invalidUse, "COPY takes no values; select from a view or a temporary table")
        }
        try await openCopy(
            "COPY (\(source.text)) TO STDOUT (FORMAT binary)", expecting: PGRES_COPY_OUT, deadline: deadline)
        var isFirst = true
        do {
            while let chunk = try await nextChunk(hasHeader: isFirst) {
                isFirst = false
                if chunk.rowCount > 0 { try await body(chunk.rows) }
            }
        } catch {
            await abandonCopyOut()
            throw error
        }
    }

    /// As many rows as are at hand, at most some thousands; nil at the end, when the connection is free again.
    private func nextChunk(hasHeader: Bool) async throws -> CopyChunk? {
        var chunk = CopyChunkBuilder(hasHeader: hasHeader)
        let isAtEnd = try await inCopy { () throws(PostgresError) in
            while !chunk.isFull {
                var bytes: UnsafeMutablePointer<CChar>?
                let count = PQgetCopyData(channel.pointer, &bytes, 1)
                if count > 0, let bytes {
                    defer { PQfreemem(bytes) }
                    try chunk.append(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
                } else if count == 0 {
                    if chunk.rowCount > 0 { return false }
                    try await channel.wait(for: .input)
                } else {
                    return true
                }
            }
            return false
        }
        if !isAtEnd || chunk.rowCount > 0 { return chunk.finish() }
        _ = try await closeCopy { () throws(PostgresError) in try await copyAnswer() }
        return nil
    }

    /// Cancels the statement and reads what is still coming.
    private func abandonCopyOut() async {
        guard let copyOperation else { return }
        channel.requestCancel(of: copyOperation)
        _ = try? await closeCopy(isInterruptible: false) { () throws(PostgresError) in
            while true {
                var bytes: UnsafeMutablePointer<CChar>?
                let count = PQgetCopyData(channel.pointer, &bytes, 1)
                if count < 0 { break }
                if count == 0 { try await channel.wait(for: .input) } else { PQfreemem(bytes) }
            }
            return try await copyAnswer()
        }
    }
}
