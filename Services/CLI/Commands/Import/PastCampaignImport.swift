internal import CSV
internal import Contracts
internal import Crypto
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import RPC

/// Brings in a finished campaign: the arms as they were assigned and what came of each customer.
struct PastCampaignImport: Sendable {
    let clients: SuiteClients
    let file: URL
    let mappingFile: URL

    private static let chunkRows = 1_000

    /// - Returns: the campaign's number.
    func run() async throws -> Int64 {
        let mappingData = try Data(contentsOf: mappingFile)
        let mapping = try ImportMapping(json: mappingData)
        guard let past = mapping.pastCampaign else {
            throw RuntimeError(.configurationInvalid, "The mapping has no past_campaign: say which columns tell of it.")
        }
        let format = CSVFormat(delimiter: mapping.delimiter)
        let mapper = try RowMapper(
            mapping, header: try CSVReader(path: file.path, format: format).next()?.fields ?? [])
        let opened = try await Patience.call(for: Person.maker) { options in
            try await clients.campaign.openPastCampaign(try request(past, mappingData), options: options)
        }
        guard !opened.closed else { return opened.campaignID }
        let progress = Progress(localized("past campaign", "历史活动"), total: Int64(try rowCount(format)))
        var chunk: Int64 = 0
        var sent: Int64 = 0
        var contacts: [CampaignV1.PastContact] = []
        func flush() async throws {
            if chunk >= opened.nextChunk, !contacts.isEmpty {
                let request = CampaignV1.ImportPastContactsRequest(
                    campaignID: opened.campaignID, chunk: chunk, contacts: contacts)
                _ = try await Patience.call(for: Person.maker) { options in
                    try await clients.campaign.importPastContacts(request, options: options)
                }
            }
            chunk += 1
            sent += Int64(contacts.count)
            contacts.removeAll(keepingCapacity: true)
            progress.show(sent)
        }
        var isHeader = true
        for try await batch in CSVBatches(path: file.path, format: format, rowsAtOnce: 1_000) {
            for row in batch {
                if isHeader {
                    isHeader = false
                    continue
                }
                contacts.append(try contact(past, mapper, row))
                if contacts.count == Self.chunkRows { try await flush() }
            }
        }
        if !contacts.isEmpty { try await flush() }
        progress.finish(sent)
        _ = try await Patience.call(for: Person.maker) { options in
            try await clients.campaign.closePastCampaign(
                CampaignV1.ClosePastCampaignRequest(campaignID: opened.campaignID), options: options)
        }
        return opened.campaignID
    }

    private func request(
        _ past: PastCampaignMapping, _ mapping: Data
    ) throws -> CampaignV1.OpenPastCampaignRequest {
        var hash = SHA256()
        hash.update(data: mapping)
        hash.update(data: try Data(contentsOf: file))
        return CampaignV1.OpenPastCampaignRequest(
            importKey: hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(), name: past.name,
            officePath: "/", arms: past.arms.map { CampaignV1.PastArm(name: $0, control: $0 == past.controlArm) },
            conversionEventType: past.eventType, conversionWindowMicros: Int64(past.windowDays) * 86_400_000_000,
            currency: past.currency)
    }

    private func contact(
        _ past: PastCampaignMapping, _ mapper: RowMapper, _ row: CSVRow
    ) throws -> CampaignV1.PastContact {
        let one = try mapper.pastContact(past, Int64(row.number - 1), row.fields)
        let outcome = CampaignV1.PastOutcome(
            valueMinor: Int64((one.value * 100).rounded()), occurredAtMicros: past.contactedAt.microseconds)
        return CampaignV1.PastContact(
            identity: CommonV1.Identity(kind: Identity.customerNumberKind, value: one.customerNumber), arm: one.arm,
            channel: past.channel, contactedAtMicros: past.contactedAt.microseconds,
            outcomes: one.converted ? [outcome] : [])
    }

    private func rowCount(_ format: CSVFormat) throws -> Int {
        let reader = try CSVReader(path: file.path, format: format)
        var count = -1
        while try reader.next() != nil { count += 1 }
        return count
    }
}
