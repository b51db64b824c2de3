internal import CPostgres

extension PostgresConnection {
    /// Loads rows into a table by COPY, in the binary format. The connection serves nothing else until it returns;
    /// where `body` throws, nothing is loaded.
    ///
    ///     try await connection.copyIn(into: "profile.staging", columns: ["id", "name"]) { writer in
    ///         for row in rows { try await writer.write(row.id, row.name) }
    ///     }
    ///
    /// - Parameter table: may name a schema before a dot.
    /// - Returns: how many rows were loaded.
    @discardableResult
    public nonisolated(nonsending) func copyIn(
        into table: String, columns: [String], deadline: ContinuousClock.Instant? = nil,
        _ body: (inout PostgresCopyWriter) async throws -> Void
    ) async throws -> Int {
        try await startCopyIn(table, columns, deadline)
        var writer = PostgresCopyWriter(connection: self, columnCount: columns.count)
        do {
            try await body(&writer)
            try await writer.finish()
        } catch {
            await abandonCopyIn()
            throw error
        }
        return try await finishCopyIn()
    }

    /// The same from values at hand.
    @discardableResult
    public nonisolated(nonsending) func copyIn<each T: PostgresEncodable>(
        into table: String, columns: [String], rows: some Sequence<(repeat each T)>
    ) async throws -> Int {
        try await copyIn(into: table, columns: columns) { writer in
            for row in rows { try await writer.write(repeat each row) }
        }
    }

    private func startCopyIn(_ table: String, _ columns: [String], _ deadline: ContinuousClock.Instant?) async throws {
        let names = columns.map { SQL.quoted(identifier: $0) }.joined(separator: ", ")
        let text = "COPY \(SQL.quoted(path: table)) (\(names)) FROM STDIN (FORMAT binary)"
        try await openCopy(text, expecting: PGRES_COPY_IN, deadline: deadline)
    }

    func copyData(_ bytes: [UInt8]) async throws {
        try await inCopy { () throws(PostgresError) in
            while true {
                let taken = bytes.withUnsafeBytes { bytes in
                    PQputCopyData(
                        channel.pointer, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
                }
                if taken == 1 { break }
                guard taken == 0 else { throw channel.lose() }
                try await channel.wait(for: .room)
            }
            // Waiting here is what slows the caller to the server's pace.
            try await channel.flush()
        }
    }

    private func finishCopyIn() async throws -> Int {
        try await closeCopy { () throws(PostgresError) in
            while PQputCopyEnd(channel.pointer, nil) == 0 { try await channel.wait(for: .room) }
            try await channel.flush()
            return try await copyAnswer().affectedRows
        }
    }

    private func abandonCopyIn() async {
        guard copyOperation != nil else { return }
        _ = try? await closeCopy(isInterruptible: false) { () throws(PostgresError) in
            while PQputCopyEnd(channel.pointer, "the sender gave up") == 0 { try await channel.wait(for: .room) }
            try await channel.flush()
            return try await copyAnswer().affectedRows
        }
    }
}
