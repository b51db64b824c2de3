internal import CSV
internal import Contracts
internal import Crypto
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import ProtobufC
internal import RPC

/// Brings a file in by its mapping: declares the traits, sends chunks, writes rejects; run again it goes on where it stood.
struct FileImport: Sendable {
    let clients: SuiteClients
    let file: URL
    let mappingFile: URL
    /// Rows that were refused, each with its number and the reason; nil: beside the file.
    var rejectsFile: URL?

    /// What an import did, in all its runs.
    struct Outcome: Sendable {
        var accepted: Int64
        var rejected: Int64
        var position: CommonV1.LogPosition?
    }

    /// Chunks stay below the limit of a message with room for the envelope.
    private static let chunkBytes = 400_000
    private static let chunkRows = 2_000

    func run(receivedAt: Date) async throws -> Outcome {
        let mappingData = try Data(contentsOf: mappingFile)
        let mapping = try ImportMapping(json: mappingData)
        let format = CSVFormat(delimiter: mapping.delimiter)
        let header = try CSVReader(path: file.path, format: format).next()?.fields ?? []
        let mapper = try RowMapper(mapping, header: header)
        try await declareTraits(mapping)
        let opened = try await call { options in
            try await clients.profile.openImport(
                ProfileV1.OpenImportRequest(
                    importKey: try Self.key(mappingData, file), title: mapping.title,
                    mappingJSON: String(decoding: mappingData, as: UTF8.self)),
                options: options)
        }
        guard !opened.closed else {
            return Outcome(accepted: opened.rowsAccepted, rejected: opened.rowsRejected)
        }
        var sender = ChunkSender(opened, mapping: mapping, rejects: try RejectsFile(rejectsFile ?? defaultRejects))
        try await send(mapper, format, &sender, receivedAt: receivedAt)
        let closed = try await call { options in
            try await clients.profile.closeImport(
                ProfileV1.CloseImportRequest(importID: opened.importID), options: options)
        }
        return Outcome(
            accepted: closed.rowsAccepted, rejected: closed.rowsRejected + sender.unmapped, position: sender.position)
    }

    private var defaultRejects: URL { file.deletingPathExtension().appendingPathExtension("rejects.csv") }

    private func declareTraits(_ mapping: ImportMapping) async throws {
        guard !mapping.traits.isEmpty else { return }
        _ = try await call { options in
            try await clients.profile.defineTraits(
                ProfileV1.DefineTraitsRequest(traits: mapping.traits.map(\.proto)), options: options)
        }
    }

    private func send(
        _ mapper: RowMapper, _ format: CSVFormat, _ sender: inout ChunkSender, receivedAt: Date
    ) async throws {
        let total = (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int64) ?? 0
        let isPacked = file.pathExtension == "gz"
        let progress = Progress(
            localized("import \(file.lastPathComponent)", "导入 \(file.lastPathComponent)"), total: total)
        var rows: [ProfileV1.ImportRow] = []
        var bytes = 0
        var isHeader = true
        for try await batch in CSVBatches(path: file.path, format: format, rowsAtOnce: 1_000) {
            for row in batch {
                if isHeader {
                    isHeader = false
                    continue
                }
                let number = Int64(row.number - 1)
                do throws(FieldProblem) {
                    if let problem = row.problem {
                        throw FieldProblem(field: "row", code: "csv", reason: problem)
                    }
                    let proto = try mapper.row(number, row.fields, receivedAt: receivedAt).proto
                    bytes += (try? proto.packed().count) ?? 0
                    rows.append(proto)
                } catch {
                    try sender.refuse(number, error)
                }
                if bytes >= Self.chunkBytes || rows.count >= Self.chunkRows {
                    try await sender.send(rows, through: self)
                    rows.removeAll(keepingCapacity: true)
                    bytes = 0
                }
            }
            if !isPacked, let last = batch.last { progress.show(last.end.byteOffset) }
        }
        if !rows.isEmpty { try await sender.send(rows, through: self) }
        progress.finish(sender.rows)
    }

    /// Calls again while a suite service is away, for a minute at most; imports are repeatable by their chunk numbers.
    func call<Reply>(_ body: (CallOptions) async throws -> Reply) async throws -> Reply {
        try await Patience.call(for: Person.atTerminal, body)
    }

    /// SHA-256 of mapping and file, so that a changed mapping is another import.
    private static func key(_ mapping: Data, _ file: URL) throws -> String {
        var hash = SHA256()
        hash.update(data: mapping)
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// Sends numbered chunks; those that an earlier run sent are passed over, because the same file gives the same chunks.
private struct ChunkSender {
    private let importID: Int64
    private let firstChunk: Int64
    private let source: String
    private let rejects: RejectsFile
    private var chunk: Int64 = 0
    private(set) var rows: Int64 = 0
    /// Rows that the mapping could not read.
    private(set) var unmapped: Int64 = 0
    private(set) var position: CommonV1.LogPosition?

    init(_ opened: ProfileV1.OpenImportResponse, mapping: ImportMapping, rejects: RejectsFile) {
        importID = opened.importID
        firstChunk = opened.nextChunk
        source = mapping.source
        self.rejects = rejects
    }

    mutating func send(_ protos: [ProfileV1.ImportRow], through file: FileImport) async throws {
        defer { chunk += 1 }
        rows += Int64(protos.count)
        guard chunk >= firstChunk else { return }
        let request = ProfileV1.ImportRowsRequest(importID: importID, chunk: chunk, rows: protos, source: source)
        let response = try await file.call { options in
            try await file.clients.profile.importRows(request, options: options)
        }
        for rejected in response.rejected {
            let refusal = rejected.refusal ?? CommonV1.Refusal()
            try rejects.add(rejected.rowNumber, refusal.field, refusal.reason)
        }
        if let written = response.position {
            var offsets = Dictionary(
                (position?.offsets ?? []).map { ($0.partition, $0.offset) }, uniquingKeysWith: max)
            for one in written.offsets { offsets[one.partition] = max(offsets[one.partition] ?? 0, one.offset) }
            position = CommonV1.LogPosition(
                log: "profile", offsets: offsets.map { CommonV1.PartitionOffset(partition: $0.key, offset: $0.value) })
        }
    }

    mutating func refuse(_ number: Int64, _ problem: FieldProblem) throws {
        unmapped += 1
        try rejects.add(number, problem.field, problem.reason)
    }
}
