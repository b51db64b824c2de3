internal import Contracts
internal import ProfileDomain
internal import RPC

/// One run of the import of a past campaign: passes over the contacts that earlier runs sent, sends the others in
/// numbered chunks, and keeps count of all.
struct PastCampaignRun: ~Copyable {
    private let campaignID: Int64
    private let storedChunks: Int64
    private var nextChunk: Int64
    private var earlier = EarlierRows(count: 0)
    /// Contacts passed over so far: a reply names a refused one by its place.
    private var place: Int64 = 0
    private var rejects: RejectsFile
    private var accepted: Int64 = 0

    init(campaignID: Int64, nextChunk: Int64, rejects: consuming RejectsFile) {
        self.campaignID = campaignID
        storedChunks = nextChunk
        self.nextChunk = nextChunk
        self.rejects = rejects
    }

    /// Asks for what earlier runs were answered: a chunk that comes again is not stored again, whatever it holds.
    mutating func readStoredReplies(through file: PastCampaignImport) async throws {
        var refused: [(place: Int64, refusal: CommonV1.Refusal)] = []
        var count: Int64 = 0
        let shown = Progress(localized("chunks of the earlier run", "先前已发送的分块"), total: storedChunks)
        for chunk in 0..<storedChunks {
            shown.show(chunk)
            let reply = try await call(chunk, [CampaignV1.PastContact()], through: file)
            refused += reply.refused.map { (count + Int64(Self.index($0)), $0) }
            count += reply.accepted + Int64(reply.refused.count)
        }
        earlier = EarlierRows(count: count)
        for (place, refusal) in refused {
            earlier.refuse(place, column: Self.column(refusal), reason: refusal.reason)
        }
    }

    mutating func passesOver(_ rowNumber: Int64) throws -> Bool {
        let fate = try earlier.take(place)
        place += 1
        switch fate {
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

    mutating func refuse(_ rowNumber: Int64, _ problem: FieldProblem) {
        rejects.add(Reject(rowNumber: rowNumber, column: problem.field, reason: problem.reason))
    }

    /// Sends the contacts, if any, and writes those that were refused up to here.
    mutating func send(
        _ rows: inout [(number: Int64, contact: CampaignV1.PastContact)], through file: PastCampaignImport
    ) async throws {
        if !rows.isEmpty { try await send(chunk: rows, through: file) }
        rows.removeAll(keepingCapacity: true)
        try rejects.flush()
    }

    private mutating func send(
        chunk rows: [(number: Int64, contact: CampaignV1.PastContact)], through file: PastCampaignImport
    ) async throws {
        let reply = try await call(nextChunk, rows.map(\.contact), through: file)
        guard reply.accepted + Int64(reply.refused.count) == Int64(rows.count) else {
            throw RuntimeError(
                .alreadyRunning,
                localized(
                    "Somebody else imports the same file at this moment: wait for them, then run it again.",
                    "有人正在导入同一文件：请等待其完成后再运行。"))
        }
        nextChunk += 1
        accepted += reply.accepted
        for refusal in reply.refused {
            let number = rows[min(Self.index(refusal), rows.count - 1)].number
            rejects.add(Reject(rowNumber: number, column: Self.column(refusal), reason: refusal.reason))
        }
    }

    private func call(
        _ chunk: Int64, _ contacts: [CampaignV1.PastContact], through file: PastCampaignImport
    ) async throws -> CampaignV1.ImportPastContactsResponse {
        let request = CampaignV1.ImportPastContactsRequest(campaignID: campaignID, chunk: chunk, contacts: contacts)
        return try await file.call { options in
            try await file.campaign.importPastContacts(request, options: options)
        }
    }

    /// The place of a refused contact in its chunk: 17 of "contacts[17].arm".
    private static func index(_ refusal: CommonV1.Refusal) -> Int {
        refusal.field.firstMatch(of: #/^contacts\[(\d+)\]/#).flatMap { Int($0.output.1) } ?? 0
    }

    private static func column(_ refusal: CommonV1.Refusal) -> String {
        refusal.field.split(separator: ".", maxSplits: 1).last.map(String.init) ?? ""
    }

    mutating func outcome() throws -> PastCampaignImport.Outcome {
        try earlier.finish()
        try rejects.putInPlace()
        try rejects.flush()
        return PastCampaignImport.Outcome(campaignID: campaignID, accepted: accepted, rejected: rejects.count)
    }
}
