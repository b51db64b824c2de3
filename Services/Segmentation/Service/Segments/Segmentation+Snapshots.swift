internal import EventLog
internal import Foundation
internal import Postgres
internal import ProtobufC
internal import RPC
internal import SegmentationDomain
internal import ServiceKit

/// Which members are to be frozen.
struct FreezeWish: Sendable {
    var segmentID: Int64
    /// nil for the newest.
    var version: Int64?
    /// Offsets of the profile log that must have been reached, by partition.
    var after: [Int: Int64]
}

extension Segmentation {
    /// Freezes the members of a segment in one transaction, which sees one state of the database from the position of the
    /// log to the last member: the snapshot is what the log up to that position gives.
    func freeze<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ context: CallContext, _ request: Request, _ wish: FreezeWish, reply: @Sendable (Snapshot) -> Reply
    ) async throws -> Reply {
        let person = try Gate.require(.editSegments, context)
        let moment = try await clock.now()
        // At this isolation a call with the same key that commits meanwhile is a conflict, and the repetition finds its
        // reply.
        let options = TransactionOptions(isolation: .repeatableRead, deadline: snapshotDeadline(context))
        let answer = try await idempotency.run(context, request, pool: ownerPool, options: options) { connection in
            reply(try await freeze(wish, for: person, at: moment, in: connection))
        }
        membership.wake()
        return answer
    }

    private func freeze(
        _ wish: FreezeWish, for person: Principal, at moment: Date, in connection: PostgresConnection
    ) async throws -> Snapshot {
        guard
            let segment = try await SegmentStorage.find(
                wish.segmentID, version: wish.version, within: person.officePath, in: connection)
        else {
            throw wish.version == nil ? SegmentationFailure.unknownSegment : SegmentationFailure.unknownVersion
        }
        let newest = try await MembershipStorage.takeNewest(of: segment.id, in: connection)
        let heads = try await ProfileReader.logHeads(in: connection)
        guard wish.after.allSatisfy({ heads[$0.key] >= $0.value }) else { throw SegmentationFailure.positionAhead }
        let dictionary = try await ProfileReader.dictionary(zone: clock.timeZone, in: connection)
        let question = try question(segment, dictionary, at: moment.microseconds)
        let id = try await SnapshotStorage.nextID(in: connection)
        try await evaluator.writeMembers(question, snapshotID: id, in: connection)
        let (count, checksum) = try await SnapshotStorage.seal(id, in: connection)
        let snapshot = Snapshot(
            id: id, segmentID: segment.id, segmentVersion: segment.version, ruleJSON: segment.content.ruleJSON,
            dictionaryVersion: dictionary.version, profileOffsets: heads, asOf: moment, count: count,
            checksum: checksum, officePath: segment.officePath)
        try await SnapshotStorage.insert(snapshot, by: person.user, at: moment, in: connection)
        try await MembershipStorage.setNewest(snapshot, in: connection)
        try await MembershipStorage.addTask(for: snapshot, since: newest, in: connection)
        return snapshot
    }

    /// How far the segmentation log is written, with all that was frozen before. It tells of nobody and of no segment, so
    /// that whoever reads a report may ask for it.
    func position(_ context: CallContext) async throws -> LogPosition {
        try await membership.log.catchUp(deadline: context.deadline)
        return try await ownerPool.withConnection(deadline: context.deadline) {
            try await LogHeads.read(schema: Self.log, in: $0)
        }
    }

    func snapshot(_ context: CallContext, id: Int64) async throws -> Snapshot {
        let (pool, options) = try readingSnapshots(.readSegments, context)
        let snapshot = try await pool.transaction(options) { try await SnapshotStorage.find(id, in: $0) }
        guard let snapshot else { throw SegmentationFailure.unknownSnapshot }
        return snapshot
    }
}
