internal import Contracts
internal import RPC
internal import Synchronization

/// Takes bulk imports as profile and campaign do: chunk after chunk, each answered again from what was stored. A row is
/// refused by its value; calls fail after a number of chunks, as when the process is killed.
final class FakeSuite: RPCCaller {
    struct State {
        var storedRows: [Int64] = []
        var replies: [ProfileV1.ImportRowsResponse] = []
        /// What the dictionary holds, and what was declared since.
        var traits: [ProfileV1.TraitDefinition] = []
        var declared: [ProfileV1.TraitDefinition] = []
        var openings = 0
        var timeZone = ""
        /// Traits of the rows that were stored.
        var storedTraits: [[ProfileV1.Trait]] = []
        /// What refused rows are refused for.
        var refusedField = "identities[0]"
        var pastNumbers: [String] = []
        var pastReplies: [CampaignV1.ImportPastContactsResponse] = []
        var isClosed = false
        /// Chunks that are still taken; the next call fails after it was stored, so that its answer is lost.
        var chunksUntilLoss = Int.max
    }

    let state = Mutex(State())

    func call<Request, Reply>(
        _ method: RPCMethod<Request, Reply>, _ request: Request, _ options: CallOptions
    ) async throws(RPCError) -> Reply {
        let reply: any Sendable =
            switch request {
            case is ProfileV1.ListTraitsRequest:
                ProfileV1.ListTraitsResponse(traits: state.withLock { $0.traits + $0.declared })
            case let request as ProfileV1.DefineTraitsRequest: define(request)
            case is ProfileV1.OpenImportRequest: open()
            case let request as ProfileV1.ImportRowsRequest: try take(request)
            case is ProfileV1.CloseImportRequest: close()
            case is CampaignV1.OpenPastCampaignRequest: openPast()
            case let request as CampaignV1.ImportPastContactsRequest: try take(request)
            case is CampaignV1.ClosePastCampaignRequest: closePast()
            default: RPCError(.unimplemented, "The fake does not know this method.")
            }
        guard let reply = reply as? Reply else { throw RPCError(.unimplemented, "The fake does not know this method.") }
        return reply
    }

    private func define(_ request: ProfileV1.DefineTraitsRequest) -> ProfileV1.DefineTraitsResponse {
        state.withLock { $0.declared += request.traits }
        return ProfileV1.DefineTraitsResponse()
    }

    private func open() -> ProfileV1.OpenImportResponse {
        state.withLock { state in
            state.openings += 1
            return ProfileV1.OpenImportResponse(
                importID: 1, nextChunk: Int64(state.replies.count),
                rowsAccepted: state.replies.reduce(0) { $0 + $1.rowsAccepted },
                rowsRejected: state.replies.reduce(0) { $0 + Int64($1.rejected.count) }, closed: state.isClosed,
                timeZone: state.timeZone)
        }
    }

    private func take(_ request: ProfileV1.ImportRowsRequest) throws(RPCError) -> ProfileV1.ImportRowsResponse {
        try state.withLock { state throws(RPCError) in
            if request.chunk < state.replies.count { return state.replies[Int(request.chunk)] }
            guard request.chunk == state.replies.count, !state.isClosed else {
                throw RPCError(.failedPrecondition, "Chunks come one after another.")
            }
            var reply = ProfileV1.ImportRowsResponse()
            for row in request.rows {
                if row.identities[0].value.hasPrefix("refuse") {
                    let refusal = CommonV1.Refusal(field: state.refusedField, code: "no", reason: "Not this one.")
                    reply.rejected.append(ProfileV1.RejectedRow(rowNumber: row.rowNumber, refusal: refusal))
                } else {
                    reply.rowsAccepted += 1
                    state.storedRows.append(row.rowNumber)
                    state.storedTraits.append(row.traits)
                }
            }
            let offset = CommonV1.PartitionOffset(partition: 1, offset: Int64(state.storedRows.count))
            reply.position = CommonV1.LogPosition(log: "profile", offsets: [offset])
            state.replies.append(reply)
            try Self.lose(&state)
            return reply
        }
    }

    private static func lose(_ state: inout State) throws(RPCError) {
        state.chunksUntilLoss -= 1
        // A status that nobody repeats.
        if state.chunksUntilLoss == 0 { throw RPCError(.dataLoss, "The process was killed.") }
    }

    private func close() -> ProfileV1.CloseImportResponse {
        state.withLock { $0.isClosed = true }
        return ProfileV1.CloseImportResponse()
    }

    private func openPast() -> CampaignV1.OpenPastCampaignResponse {
        state.withLock { state in
            CampaignV1.OpenPastCampaignResponse(
                campaignID: 7, nextChunk: Int64(state.pastReplies.count), closed: state.isClosed)
        }
    }

    private func take(
        _ request: CampaignV1.ImportPastContactsRequest
    ) throws(RPCError) -> CampaignV1.ImportPastContactsResponse {
        try state.withLock { state throws(RPCError) in
            guard !request.contacts.isEmpty else { throw RPCError(.invalidArgument, "Send from 1 to 2000 at once.") }
            if request.chunk < state.pastReplies.count { return state.pastReplies[Int(request.chunk)] }
            guard request.chunk == state.pastReplies.count, !state.isClosed else {
                throw RPCError(.failedPrecondition, "Chunks come one after another.")
            }
            var reply = CampaignV1.ImportPastContactsResponse()
            for (index, contact) in request.contacts.enumerated() {
                let number = contact.identity?.value ?? ""
                if number.hasPrefix("refuse") {
                    reply.refused.append(
                        CommonV1.Refusal(field: "contacts[\(index)].identity", code: "no", reason: "Not this one."))
                } else {
                    reply.accepted += 1
                    state.pastNumbers.append(number)
                }
            }
            state.pastReplies.append(reply)
            try Self.lose(&state)
            return reply
        }
    }

    private func closePast() -> CampaignV1.ClosePastCampaignResponse {
        state.withLock { $0.isClosed = true }
        return CampaignV1.ClosePastCampaignResponse()
    }
}
