internal import Postgres
internal import RPC
internal import SegmentationDomain
internal import ServiceKit

extension Segmentation {
    /// The members of a segment. All pages of one listing are of the same version and the same moment.
    func members(_ context: CallContext, segmentID: Int64, cursor: String) async throws -> Page<Member> {
        let what = "segment \(segmentID)"
        let person = try await audit.require(.exportMembers, context, what: what, pool: ownerPool)
        let listing = try CursorPosition(cursor, cursors, context, subject: what).map(MemberListing.init)
        let moment: Int64
        if let listing { moment = listing.asOfMicroseconds } else { moment = try await now() }
        let (found, version) = try await ownerPool.transaction(evaluating(context)) { connection in
            guard
                let segment = try await SegmentStorage.find(
                    segmentID, version: listing?.version, within: person.officePath, in: connection)
            else { throw SegmentationFailure.unknownSegment }
            let question = try question(
                segment, try await ProfileReader.dictionary(in: connection), at: moment)
            let found = try await evaluator.members(
                question, after: listing?.key, limit: Page<Member>.rowLimit + 1, in: connection)
            return (found, segment.version)
        }
        if listing == nil { try await auditExport(what, context) }
        return Page(found) { last in
            MemberListing(key: last.key, asOfMicroseconds: moment, version: version).position
                .signed(cursors, context, subject: what)
        }
    }

    func snapshotMembers(_ context: CallContext, id: Int64, cursor: String) async throws -> Page<Member> {
        let what = "snapshot \(id)"
        let isPerson = context.principal != nil
        if isPerson { _ = try await audit.require(.exportMembers, context, what: what, pool: ownerPool) }
        let (pool, options) = try reading(.exportMembers, context)
        let key = try CursorPosition(cursor, cursors, context, subject: what).map { MemberListing($0).key }
        let found = try await pool.transaction(options) { connection in
            if key == nil, try await SnapshotStorage.find(id, in: connection) == nil {
                throw SegmentationFailure.unknownSnapshot
            }
            return try await SnapshotStorage.members(
                id, after: key, limit: Page<Member>.rowLimit + 1, in: connection)
        }
        if isPerson, key == nil { try await auditExport(what, context) }
        return Page(found) { last in
            MemberListing(key: last.key).position.signed(cursors, context, subject: what)
        }
    }

    /// Once for a listing, whatever the number of its pages, and before its first member leaves.
    private func auditExport(_ what: String, _ context: CallContext) async throws {
        try await audit.append(
            AuditEntry(context, right: .exportMembers, what: what, result: .done), pool: ownerPool)
    }
}

/// Where a listing of members goes on, and what it is a listing of.
private struct MemberListing {
    var key: Member.Key
    var asOfMicroseconds: Int64 = 0
    var version: Int64 = 0

    init(key: Member.Key, asOfMicroseconds: Int64 = 0, version: Int64 = 0) {
        self.key = key
        self.asOfMicroseconds = asOfMicroseconds
        self.version = version
    }

    init(_ position: CursorPosition) {
        self.init(
            key: Member.Key(partition: Int16(truncatingIfNeeded: position[0]), customerID: position[1]),
            asOfMicroseconds: position[2], version: position[3])
    }

    var position: CursorPosition {
        CursorPosition([Int64(key.partition), key.customerID, asOfMicroseconds, version])
    }
}
