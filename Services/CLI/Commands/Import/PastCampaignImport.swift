internal import CSV
internal import Contracts
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import RPC

/// Brings in a finished campaign: the arms as they were assigned and what came of each customer. Run again it goes on
/// where it stood.
struct PastCampaignImport: Sendable {
    let campaign: CampaignV1.CampaignServiceClient
    let file: URL
    let mappingFile: URL
    /// Rows that were refused; nil: beside the file.
    let rejectsFile: URL?
    /// For whom the contacts are brought in.
    let person: Principal
    /// At most so many contacts are sent at once.
    let chunkRows: Int

    struct Outcome: Sendable {
        var campaignID: Int64
        var accepted: Int64
        var rejected: Int64
    }

    init(
        clients: SuiteClients, file: URL, mappingFile: URL, rejectsFile: URL? = nil,
        person: Principal = Person.atTerminal
    ) {
        self.init(
            campaign: clients.campaign, file: file, mappingFile: mappingFile, rejectsFile: rejectsFile, person: person)
    }

    init(
        campaign: CampaignV1.CampaignServiceClient, file: URL, mappingFile: URL, rejectsFile: URL? = nil,
        person: Principal = Person.atTerminal, chunkRows: Int = 1_000
    ) {
        self.campaign = campaign
        self.file = file
        self.mappingFile = mappingFile
        self.rejectsFile = rejectsFile
        self.person = person
        self.chunkRows = chunkRows
    }

    /// - Returns: the campaign's number.
    func run() async throws -> Int64 { try await outcome().campaignID }

    func outcome() async throws -> Outcome {
        let source = try ImportSource(file: file, mappingFile: mappingFile)
        guard let past = source.mapping.pastCampaign else {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "\(mappingFile.lastPathComponent): there is no past_campaign; say which columns tell of it.",
                    "\(mappingFile.lastPathComponent)：缺少 past_campaign；请说明由哪些列描述历史活动。"))
        }
        let rejects = try RejectsFile(rejectsFile ?? source.defaultPastRejects, besides: [file, mappingFile])
        let request = Self.request(past, key: try source.key(), officePath: person.officePath)
        let opened = try await call { options in
            try await campaign.openPastCampaign(request, options: options)
        }
        var run = PastCampaignRun(
            campaignID: opened.campaignID, nextChunk: opened.nextChunk,
            rejects: rejects)
        try await run.readStoredReplies(through: self)
        try await send(source, past, &run)
        let outcome = try run.outcome()
        if !opened.closed {
            _ = try await call { options in
                try await campaign.closePastCampaign(.init(campaignID: opened.campaignID), options: options)
            }
        }
        return outcome
    }

    private func send(
        _ source: ImportSource, _ past: PastCampaignMapping, _ run: inout PastCampaignRun
    ) async throws {
        var rows: [(number: Int64, contact: CampaignV1.PastContact)] = []
        try await source.rows(localized("past campaign", "历史活动")) { number, row in
            let contact: CampaignV1.PastContact
            do throws(FieldProblem) {
                if let problem = source.problem(row) { throw problem }
                contact = try Self.contact(past, source.mapper, number, row)
            } catch {
                run.refuse(number, error)
                if run.hasManyRejects { try await run.send(&rows, through: self) }
                return
            }
            if try run.passesOver(number) { return }
            rows.append((number, contact))
            if rows.count == chunkRows { try await run.send(&rows, through: self) }
        }
        try await run.send(&rows, through: self)
    }

    func call<Reply>(_ body: (CallOptions) async throws -> Reply) async throws -> Reply {
        try await Patience.call(for: person, body)
    }

    private static func request(
        _ past: PastCampaignMapping, key: String, officePath: String
    ) -> CampaignV1.OpenPastCampaignRequest {
        CampaignV1.OpenPastCampaignRequest(
            importKey: key, name: past.name, officePath: officePath,
            arms: past.arms.map { CampaignV1.PastArm(name: $0, control: $0 == past.controlArm) },
            conversionEventType: past.eventType, conversionWindowMicros: Int64(past.windowDays) * 86_400_000_000,
            currency: past.currency)
    }

    private static func contact(
        _ past: PastCampaignMapping, _ mapper: RowMapper, _ number: Int64, _ row: CSVRow
    ) throws(FieldProblem) -> CampaignV1.PastContact {
        let one = try mapper.pastContact(past, number, row.fields)
        let outcome = CampaignV1.PastOutcome(
            valueMinor: one.valueMinor, occurredAtMicros: past.contactedAt.microseconds)
        return CampaignV1.PastContact(
            identity: CommonV1.Identity(kind: Identity.customerNumberKind, value: one.customerNumber), arm: one.arm,
            channel: past.channel, contactedAtMicros: past.contactedAt.microseconds,
            outcomes: one.converted ? [outcome] : [])
    }
}
