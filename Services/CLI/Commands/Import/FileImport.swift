internal import CSV
internal import Contracts
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import ProtobufC
internal import RPC

/// Brings a file in by its mapping: declares the traits that are new, sends chunks, writes rejects; run again it goes on
/// where it stood.
struct FileImport: Sendable {
    let profile: ProfileV1.ProfileServiceClient
    let file: URL
    let mappingFile: URL
    /// Rows that were refused, each with its number and the reason; nil: beside the file.
    let rejectsFile: URL?
    /// For whom the rows are brought in.
    let person: Principal
    /// At most so many rows are sent at once.
    let chunkRows: Int

    /// What an import did, in all its runs.
    struct Outcome: Sendable {
        var accepted: Int64
        var rejected: Int64
        var position: CommonV1.LogPosition?
    }

    /// Chunks stay below the limit of a message with room for the envelope.
    private static let chunkBytes = 400_000
    private static let rowBytes = 200_000

    init(
        clients: SuiteClients, file: URL, mappingFile: URL, rejectsFile: URL? = nil,
        person: Principal = Person.atTerminal
    ) {
        self.init(
            profile: clients.profile, file: file, mappingFile: mappingFile, rejectsFile: rejectsFile, person: person)
    }

    init(
        profile: ProfileV1.ProfileServiceClient, file: URL, mappingFile: URL, rejectsFile: URL? = nil,
        person: Principal = Person.atTerminal, chunkRows: Int = 2_000
    ) {
        self.profile = profile
        self.file = file
        self.mappingFile = mappingFile
        self.rejectsFile = rejectsFile
        self.person = person
        self.chunkRows = chunkRows
    }

    /// - Parameter receivedAt: from when on those consents are valid of which the file does not say it; nil: from when
    ///   the import was opened on, in the bank's time.
    func run(receivedAt: Date? = nil) async throws -> Outcome {
        var source = try ImportSource(file: file, mappingFile: mappingFile)
        let rejects = try RejectsFile(rejectsFile ?? source.defaultRejects, besides: [file, mappingFile])
        let newTraits = try await newTraits(source)
        let request = ProfileV1.OpenImportRequest(
            importKey: try source.key(), title: source.mapping.title,
            mappingJSON: String(decoding: source.mappingJSON, as: UTF8.self))
        let opened = try await call { options in
            try await profile.openImport(request, options: options)
        }
        // Behind the opening, which may refuse the mapping: a trait that is declared stays.
        try await declare(newTraits)
        source.mapper.zone = try Self.zone(of: opened)
        var run = ImportRun(
            importID: opened.importID, nextChunk: opened.nextChunk, mapper: source.mapper,
            earlier: EarlierRows(count: opened.rowsAccepted + opened.rowsRejected),
            rejects: rejects)
        try await run.readStoredReplies(through: self)
        try await send(
            source, &run, consentsFrom: receivedAt ?? Date(microseconds: opened.openedAtMicros))
        let outcome = try run.outcome()
        if !opened.closed {
            _ = try await call { options in
                try await profile.closeImport(
                    ProfileV1.CloseImportRequest(importID: opened.importID), options: options)
            }
        }
        return outcome
    }

    /// In which the days of the file begin. A profile service of before took them to begin in UTC.
    private static func zone(of opened: ProfileV1.OpenImportResponse) throws -> TimeZone {
        guard !opened.timeZone.isEmpty else { return .gmt }
        guard let zone = TimeZone(identifier: opened.timeZone) else {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "This machine does not know the bank's time zone \(opened.timeZone): install tzdata.",
                    "本机不认识银行时区 \(opened.timeZone)：请安装 tzdata。"))
        }
        return zone
    }

    /// What the dictionary knows stays as it stands there, and needs no right to change the dictionary.
    private func newTraits(_ source: ImportSource) async throws -> [TraitDefinition] {
        guard !source.mapping.traits.isEmpty else { return [] }
        let dictionary = try await call { options in
            try await profile.listTraits(ProfileV1.ListTraitsRequest(), options: options)
        }
        let known = dictionary.traits.compactMap { trait in
            TraitType(rawValue: Int16(clamping: trait.type.rawValue)).map { (trait.name, $0) }
        }
        do throws(FieldProblem) {
            return try source.mapping.newTraits(known: Dictionary(known) { $1 })
        } catch {
            throw ImportSource.sentence(mappingFile, error)
        }
    }

    private func declare(_ traits: [TraitDefinition]) async throws {
        guard !traits.isEmpty else { return }
        _ = try await call { options in
            try await profile.defineTraits(
                ProfileV1.DefineTraitsRequest(traits: traits.map(\.proto)), options: options)
        }
    }

    private func send(_ source: ImportSource, _ run: inout ImportRun, consentsFrom: Date) async throws {
        var rows: [ProfileV1.ImportRow] = []
        var bytes = 0
        let title = localized("import \(file.lastPathComponent)", "导入 \(file.lastPathComponent)")
        try await source.rows(title) { number, row in
            let proto: ProfileV1.ImportRow
            let size: Int
            do throws(FieldProblem) {
                if let problem = source.problem(row) { throw problem }
                // Whether an event lies too far ahead is for the profile service to say: which rows are sent must not
                // depend on the hour, or a second run would not know the rows of the first.
                let mapped = try source.mapper.row(
                    number, row.fields, receivedAt: .distantFuture, consentsFrom: consentsFrom)
                proto = mapped.proto
                size = try Self.size(proto)
            } catch {
                run.refuse(number, error)
                if run.hasManyRejects {
                    try await run.send(&rows, through: self)
                    bytes = 0
                }
                return
            }
            if try run.passesOver(number) { return }
            rows.append(proto)
            bytes += size
            if bytes >= Self.chunkBytes || rows.count >= chunkRows {
                try await run.send(&rows, through: self)
                bytes = 0
            }
        }
        try await run.send(&rows, through: self)
    }

    /// In bytes, of a row that can be sent: one bad row must not keep a whole chunk from being sent.
    private static func size(_ row: ProfileV1.ImportRow) throws(FieldProblem) -> Int {
        guard let size = try? row.packed().count, size <= rowBytes else {
            throw FieldProblem(
                field: "row", code: "row",
                reason: "The row is larger than \(rowBytes) bytes or holds a zero byte.")
        }
        return size
    }

    /// Calls again while a suite service is away, for a minute at most; imports are repeatable by their chunk numbers.
    func call<Reply>(_ body: (CallOptions) async throws -> Reply) async throws -> Reply {
        try await Patience.call(for: person, body)
    }
}
