internal import CampaignDomain
internal import Contracts
internal import Foundation
internal import Postgres
internal import ProtobufC
internal import RPC
internal import ServiceKit

extension CampaignHandler {
    func openPastCampaign(
        _ request: CampaignV1.OpenPastCampaignRequest, context: CallContext
    ) async throws -> CampaignV1.OpenPastCampaignResponse {
        let person = try Gate.require(.importCustomers, context, orMachines: Self.machines)
        let arms = request.arms.map { PastArm(name: $0.name, isControl: $0.control) }
        try checked { () throws(CampaignProblem) in try PastArm.check(arms) }
        let plan = try Self.pastPlan(request)
        if let person { try Gate.requireOffice(plan.officePath, within: person) }
        let now = try await clock.now()
        return try await ownChange(context, request) { connection in
            if let found = try await PastStorage.find(importKey: request.importKey, in: connection) {
                guard Self.isInScope(found, person) else { throw CampaignFailure.importedElsewhere }
                return CampaignV1.OpenPastCampaignResponse(
                    campaignID: found.campaign.id, nextChunk: found.nextChunk, closed: found.campaign.state == .closed)
            }
            let user = person?.user ?? "service:\(context.caller)"
            let campaign = Campaign(
                id: try await CampaignStorage.nextID(in: connection), plan: plan, words: .none, state: .paused,
                version: 1, maker: user, makers: [user], checker: "", createdAt: now, startedAt: now, closedAt: nil,
                isImported: true)
            guard try await PastStorage.open(importKey: request.importKey, campaign, arms: arms, in: connection) else {
                throw CampaignFailure.changedMeanwhile
            }
            return CampaignV1.OpenPastCampaignResponse(campaignID: campaign.id)
        }
    }

    func importPastContacts(
        _ request: CampaignV1.ImportPastContactsRequest, context: CallContext
    ) async throws -> CampaignV1.ImportPastContactsResponse {
        let person = try Gate.require(.importCustomers, context, orMachines: Self.machines)
        guard (1...PastImport.chunkLimit).contains(request.contacts.count) else {
            throw CampaignFailure.tooMany(field: "contacts", limit: PastImport.chunkLimit)
        }
        let contacts = request.contacts.map(PastImport.Contact.init)
        let now = try await clock.now()
        return try await ownChange(context, request) { connection in
            let found = try await openImport(request.campaignID, person, in: connection)
            if request.chunk < found.nextChunk,
                let reply = try await PastStorage.reply(found.campaign.id, chunk: request.chunk, in: connection)
            {
                return try CampaignV1.ImportPastContactsResponse(
                    unpacking: reply.span.bytes, memoryLimit: RPCLimits.unpackedBytes)
            }
            guard found.campaign.state != .closed else { throw CampaignFailure.importClosed }
            guard request.chunk == found.nextChunk else {
                throw CampaignFailure.chunkOutOfOrder(expected: found.nextChunk)
            }
            // Locks and the log come last in `take`; the reply is stored beside, in the rows of this import alone.
            let campaign = LiveCampaign(past: found.campaign)
            let taken = try await past.take(
                contacts, chunk: request.chunk, of: campaign, arms: found.arms, now: now, in: connection)
            let response = CampaignV1.ImportPastContactsResponse(taken)
            try await PastStorage.store(
                try response.packed(), found.campaign.id, chunk: request.chunk, in: connection)
            return response
        }
    }

    func closePastCampaign(
        _ request: CampaignV1.ClosePastCampaignRequest, context: CallContext
    ) async throws -> CampaignV1.ClosePastCampaignResponse {
        let person = try Gate.require(.importCustomers, context, orMachines: Self.machines)
        let now = try await clock.now()
        return try await ownChange(context, request) { connection in
            let found = try await openImport(request.campaignID, person, in: connection)
            var campaign = found.campaign
            if campaign.state != .closed {
                try checked { () throws(CampaignProblem) in try campaign.close(at: now) }
                guard try await CampaignStorage.replace(found.campaign, by: campaign, in: connection) else {
                    throw CampaignFailure.changedMeanwhile
                }
            }
            let totals = try await CampaignTotals.read(campaign.id, in: connection)
            return CampaignV1.ClosePastCampaignResponse(campaign: CampaignV1.Campaign(campaign, totals))
        }
    }

    private func openImport(
        _ campaignID: Int64, _ person: Principal?, in connection: PostgresConnection
    ) async throws -> PastStorage.Import {
        guard let found = try await PastStorage.find(campaignID: campaignID, in: connection) else {
            throw CampaignFailure.unknownImport
        }
        guard Self.isInScope(found, person) else { throw CampaignFailure.unknownImport }
        return found
    }

    private static func isInScope(_ found: PastStorage.Import, _ person: Principal?) -> Bool {
        found.campaign.plan.officePath.hasPrefix(person?.officePath ?? "/")
    }

    /// A campaign of the past has no waves of its own any more; name, office and conversion count.
    private static func pastPlan(_ request: CampaignV1.OpenPastCampaignRequest) throws -> CampaignPlan {
        guard request.importKey.utf8.count == 64, request.importKey.allSatisfy(\.isHexDigit) else {
            throw CampaignFailure.missing(field: "import_key")
        }
        let plan = CampaignPlan(
            name: request.name, officePath: request.officePath, offerCode: "past", purpose: "past", snapshotID: 1,
            conversionEventType: request.conversionEventType,
            conversionWindowMicroseconds: request.conversionWindowMicros, currency: request.currency,
            waves: [Wave(number: 1, channel: "past")])
        do throws(CampaignProblem) {
            try plan.check()
        } catch {
            // The request holds the fields itself, not a plan.
            var problem = error
            problem.field = problem.field.replacing("plan.", with: "")
            throw CampaignFailure.problem(problem)
        }
        return plan
    }
}
