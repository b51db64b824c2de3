internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import RPC
internal import ServiceKit

extension ProfileHandler {
    static let batchLimit = 1_000

    func track(_ request: ProfileV1.TrackRequest, context: CallContext) async throws -> ProfileV1.TrackResponse {
        try Gate.require(.writeEvents, context)
        guard request.events.count <= Self.batchLimit else {
            throw ProfileFailure.field(
                FieldProblem(
                    field: "events", code: "batch", reason: "Send at most \(Self.batchLimit) events in one batch."))
        }
        let now = try await dependencies.clock.now()
        var items = try await TrackBatch(request.events, receivedAt: now) { identities in
            try await knownHomes(identities, deadline: context.deadline)
        }
        items.refuseThoseElsewhere(try await visible(items.homes, context))
        let refused = try items.refused.map { index, problem in
            RefusedItem(
                caller: context.caller, problem: problem.below("events[\(index)]"),
                item: try request.events[index].packed())
        }
        // Where nothing is stored there is nothing to remember: who is unknown now may be known when it comes again.
        guard context.idempotencyKey != nil, !items.located.isEmpty else {
            return items.response(
                try await events.store(items.located, refused: refused, deadline: context.deadline))
        }
        return try await storeOnce(items, refused: refused, request, context, at: now)
    }

    /// Stores a batch in a transaction of its own, together with its key and reply. The heads of the log are held before
    /// the events are looked for, so that the same event by another way at the same time is still stored once.
    private func storeOnce(
        _ items: TrackBatch, refused: [RefusedItem], _ request: ProfileV1.TrackRequest, _ context: CallContext,
        at now: Date
    ) async throws -> ProfileV1.TrackResponse {
        let group = EventGroup(items.located)
        let writer = writer
        do {
            return try await change(context, request) { connection in
                let outcomes = try await group.store(
                    refused: refused, lookingThrough: true, at: now, writer, in: connection)
                return items.response(outcomes)
            }
        } catch let error as PostgresError where error.isValueRefused {
            throw ProfileFailure.unstorable
        }
    }

    /// Homes by identity, from memory where possible.
    private func knownHomes(
        _ identities: [Identity], deadline: ContinuousClock.Instant
    ) async throws -> [Identity: Int64] {
        var found = homes.homes(of: identities)
        let missing = identities.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found }
        let fetched = try await pool.withConnection(deadline: deadline) { connection in
            try await IdentityStorage.homes(of: missing, in: connection)
        }
        homes.remember(fetched)
        found.merge(fetched) { $1 }
        return found
    }

    /// Those of the customers that exist and belong to the person's office; nil stands for all of them: identities are
    /// known to name customers, and a caller of the whole bank sees them all.
    private func visible(_ wanted: TrackBatch.Homes, _ context: CallContext) async throws -> Set<Int64>? {
        let scope = context.principal?.officePath ?? "/"
        if scope == "/" && wanted.byID.isEmpty { return nil }
        let asked = scope == "/" ? wanted.byID : wanted.all
        let found = try await pool.withConnection(deadline: context.deadline) { connection in
            try await CustomerStorage.assignments(
                of: asked.map { CustomerKey(customerID: $0) }, in: connection)
        }
        let visible = Set(found.filter { $0.value.office.hasPrefix(scope) }.keys)
        return scope == "/" ? visible.union(wanted.all.subtracting(wanted.byID)) : visible
    }

    func getPosition(
        _ request: ProfileV1.GetPositionRequest, context: CallContext
    ) async throws -> ProfileV1.GetPositionResponse {
        let heads = try await pool.withConnection(deadline: context.deadline) { connection in
            try await LogHeads.read(schema: "profile", in: connection)
        }
        return ProfileV1.GetPositionResponse(position: Self.position(heads.offsets))
    }
}
