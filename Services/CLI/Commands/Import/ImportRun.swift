internal import Contracts
internal import ProfileDomain
internal import RPC

/// One run of an import: passes over the rows that earlier runs sent, sends the others in numbered chunks, and keeps
/// count of all.
struct ImportRun: ~Copyable {
    private let importID: Int64
    private let source: String
    private let mapper: RowMapper
    private let storedChunks: Int64
    private var nextChunk: Int64
    private var earlier: EarlierRows
    private var rejects: RejectsFile
    private var accepted: Int64 = 0
    private var offsets: [Int32: Int64] = [:]

    init(
        importID: Int64, nextChunk: Int64, mapper: RowMapper, earlier: EarlierRows, rejects: consuming RejectsFile
    ) {
        self.importID = importID
        self.mapper = mapper
        source = mapper.mapping.source
        storedChunks = nextChunk
        self.nextChunk = nextChunk
        self.earlier = earlier
        self.rejects = rejects
    }

    /// Asks for what earlier runs were answered: a chunk that comes again is not stored again, whatever it holds.
    mutating func readStoredReplies(through file: FileImport) async throws {
        let shown = Progress(localized("chunks of the earlier run", "先前已发送的分块"), total: storedChunks)
        for chunk in 0..<storedChunks {
            shown.show(chunk)
            let reply = try await call(chunk, [], through: file)
            for row in reply.rejected {
                earlier.refuse(row.rowNumber, column: column(of: row), reason: row.refusal?.reason ?? "")
            }
            take(reply.position)
        }
    }

    /// Whether the row was sent by an earlier run.
    mutating func passesOver(_ rowNumber: Int64) throws -> Bool {
        switch try earlier.take(rowNumber) {
        case nil:
            try rejects.putInPlace()
            return false
        case .accepted: accepted += 1
        case .refused(let column, let reason):
            rejects.add(Reject(rowNumber: rowNumber, column: column, reason: reason))
            // No row waits to be sent before all earlier ones came by.
            if rejects.isFull { try rejects.flush() }
        }
        return true
    }

    /// So many refused rows wait to be written that the rows before them should be sent.
    var hasManyRejects: Bool { rejects.isFull }

    /// A row that the mapping cannot read; it is not sent.
    mutating func refuse(_ rowNumber: Int64, _ problem: FieldProblem) {
        rejects.add(Reject(rowNumber: rowNumber, column: problem.field, reason: problem.reason))
    }

    /// Sends the rows, if any, and writes those that were refused up to here.
    mutating func send(_ rows: inout [ProfileV1.ImportRow], through file: FileImport) async throws {
        if !rows.isEmpty { try await send(chunk: rows, through: file) }
        rows.removeAll(keepingCapacity: true)
        try rejects.flush()
    }

    private mutating func send(chunk rows: [ProfileV1.ImportRow], through file: FileImport) async throws {
        let reply = try await call(nextChunk, rows, through: file)
        guard reply.rowsAccepted + Int64(reply.rejected.count) == Int64(rows.count) else {
            throw RuntimeError(
                .alreadyRunning,
                localized(
                    "Somebody else imports the same file at this moment: wait for them, then run it again.",
                    "有人正在导入同一文件：请等待其完成后再运行。"))
        }
        nextChunk += 1
        accepted += reply.rowsAccepted
        for row in reply.rejected {
            rejects.add(
                Reject(rowNumber: row.rowNumber, column: column(of: row), reason: row.refusal?.reason ?? ""))
        }
        take(reply.position)
    }

    /// As the file calls it: whoever reads the rejects knows nothing of the calls.
    private func column(of row: ProfileV1.RejectedRow) -> String { mapper.column(ofField: row.refusal?.field ?? "") }

    private func call(
        _ chunk: Int64, _ rows: [ProfileV1.ImportRow], through file: FileImport
    ) async throws -> ProfileV1.ImportRowsResponse {
        let request = ProfileV1.ImportRowsRequest(importID: importID, chunk: chunk, rows: rows, source: source)
        return try await file.call { options in
            try await file.profile.importRows(request, options: options)
        }
    }

    private mutating func take(_ position: CommonV1.LogPosition?) {
        for one in position?.offsets ?? [] { offsets[one.partition] = max(offsets[one.partition] ?? 0, one.offset) }
    }

    /// At the end of the file.
    mutating func outcome() throws -> FileImport.Outcome {
        try earlier.finish()
        try rejects.putInPlace()
        try rejects.flush()
        let position = CommonV1.LogPosition(
            log: "profile",
            offsets: offsets.sorted { $0.key < $1.key }.map {
                CommonV1.PartitionOffset(partition: $0.key, offset: $0.value)
            })
        return FileImport.Outcome(
            accepted: accepted, rejected: rejects.count, position: offsets.isEmpty ? nil : position)
    }
}
