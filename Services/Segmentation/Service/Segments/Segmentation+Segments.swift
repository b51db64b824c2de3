internal import Foundation
internal import Postgres
internal import ProtobufC
internal import RPC
internal import SegmentationDomain
internal import ServiceKit

extension Segmentation {
    /// - Parameters:
    ///   - officePath: of the office that owns it; empty: the person's own.
    ///   - content: the rule, checked against the dictionary as it is when the segment is written.
    func createSegment<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ context: CallContext, _ request: Request, officePath: String,
        content: @Sendable (RuleDictionary) throws -> SegmentContent, reply: @Sendable (Segment) -> Reply
    ) async throws -> Reply {
        let person = try await audit.require(.editSegments, context, what: "segment new", pool: ownerPool)
        let office = officePath.isEmpty ? person.officePath : officePath
        try Gate.requireOffice(office, within: person)
        let moment = try await clock.now()
        return try await idempotency.run(context, request, pool: requestPool, options: writing(context, person)) {
            connection in
            let content = try content(try await ProfileReader.dictionary(zone: clock.timeZone, in: connection))
            let segment = try await SegmentStorage.insert(
                content, officePath: office, by: person.user, at: moment, in: connection)
            try await auditChange(of: segment, context, in: connection)
            return reply(segment)
        }
    }

    /// - Parameters:
    ///   - change: the content of the next version, from that of the newest.
    func updateSegment<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ context: CallContext, _ request: Request, basedOn key: Segment.VersionKey,
        change: @Sendable (SegmentContent, RuleDictionary) throws -> SegmentContent,
        reply: @Sendable (Segment) -> Reply
    ) async throws -> Reply {
        let person = try await audit.require(.editSegments, context, what: "segment \(key.segmentID)", pool: ownerPool)
        let moment = try await clock.now()
        return try await idempotency.run(context, request, pool: requestPool, options: writing(context, person)) {
            connection in
            guard let segment = try await SegmentStorage.find(key.segmentID, in: connection) else {
                throw SegmentationFailure.unknownSegment
            }
            guard segment.version == key.version else {
                throw SegmentationFailure.staleVersion(newest: segment.version)
            }
            let content = try change(
                segment.content, try await ProfileReader.dictionary(zone: clock.timeZone, in: connection))
            guard
                let next = try await SegmentStorage.update(
                    segment, content, by: person.user, at: moment, in: connection)
            else { throw SegmentationFailure.staleVersion(newest: segment.version + 1) }
            try await auditChange(of: next, context, in: connection)
            return reply(next)
        }
    }

    func segment(_ context: CallContext, id: Int64) async throws -> Segment {
        let options = try reading(.readSegments, context)
        let segment = try await requestPool.transaction(options) { try await SegmentStorage.find(id, in: $0) }
        guard let segment else { throw SegmentationFailure.unknownSegment }
        return segment
    }

    func segments(_ context: CallContext, cursor: String) async throws -> Page<Segment> {
        let options = try reading(.readSegments, context)
        let position = try CursorPosition(cursor, cursors, context, subject: "")
        let found = try await requestPool.transaction(options) {
            try await SegmentStorage.list(after: position?[0] ?? 0, limit: Page<Segment>.rowLimit + 1, in: $0)
        }
        return Page(found) { last in
            CursorPosition([last.id]).signed(cursors, context, subject: "")
        }
    }

    private func writing(_ context: CallContext, _ person: Principal) -> TransactionOptions {
        TransactionOptions(officePath: person.officePath, deadline: context.deadline)
    }

    private func auditChange(
        of segment: Segment, _ context: CallContext, in connection: PostgresConnection
    ) async throws {
        let entry = AuditEntry(
            context, right: .editSegments, what: "segment \(segment.id)", reason: "version \(segment.version)",
            result: .done)
        try await audit.append(entry, in: connection)
    }
}
