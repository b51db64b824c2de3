internal import Foundation
internal import Postgres
internal import RPC
internal import SegmentationDomain
internal import ServiceKit

extension Segmentation {
    /// The members of a segment. All pages of one listing are of the same version, and its windows end at the same moment;
    /// of the customers each page shows what is known when it is read. A snapshot is exact.
    func members(_ context: CallContext, segmentID: Int64, cursor: String) async throws -> Page<Member> {
        let what = "segment \(segmentID)"
        let person = try await audit.require(.exportMembers, context, what: what, pool: ownerPool)
        let listing = try listing(cursor, context, what)
        let moment: Int64
        if let listing { moment = listing.asOfMicroseconds } else { moment = try await now() }
        let (found, version) = try await ownerPool.transaction(evaluating(context)) { connection in
            guard
                let segment = try await SegmentStorage.find(
                    segmentID, version: listing?.version, within: person.officePath, in: connection)
            else { throw SegmentationFailure.unknownSegment }
            let question = try question(
                segment, try await ProfileReader.dictionary(zone: clock.timeZone, in: connection), at: moment)
            let found = try await evaluator.members(
                question, after: listing?.key, limit: Page<Member>.rowLimit + 1, in: connection)
            return (found, segment.version)
        }
        if listing == nil { try await auditExport(what, context) }
        let begun = listing?.begunAtMicroseconds ?? machineTime().microseconds
        return Page(found) { last in
            MemberListing(key: last.key, asOfMicroseconds: moment, version: version, begunAtMicroseconds: begun)
                .position.signed(cursors, context, subject: what)
        }
    }

    func snapshotMembers(_ context: CallContext, id: Int64, cursor: String) async throws -> Page<Member> {
        let what = "snapshot \(id)"
        let isPerson = context.principal != nil
        if isPerson { _ = try await audit.require(.exportMembers, context, what: what, pool: ownerPool) }
        let (pool, options) = try readingSnapshots(.exportMembers, context)
        let listing = try listing(cursor, context, what)
        let found = try await pool.transaction(options) { connection in
            if listing == nil, try await SnapshotStorage.find(id, in: connection) == nil {
                throw SegmentationFailure.unknownSnapshot
            }
            return try await SnapshotStorage.members(
                id, after: listing?.key, limit: Page<Member>.rowLimit + 1, in: connection)
        }
        if isPerson, listing == nil { try await auditExport(what, context) }
        let begun = listing?.begunAtMicroseconds ?? machineTime().microseconds
        return Page(found) { last in
            MemberListing(key: last.key, begunAtMicroseconds: begun).position
                .signed(cursors, context, subject: what)
        }
    }

    /// Longer than anybody needs for all pages of the largest list.
    private static let longestListing = Duration.seconds(3_600)

    /// The listing that a cursor goes on with; nil for a new one. A person's ends after a time, because it is audited where
    /// it begins: what is read by its cursors later would be an export that nobody knows of.
    private func listing(_ cursor: String, _ context: CallContext, _ what: String) throws -> MemberListing? {
        let position = try CursorPosition(cursor, cursors, context, subject: what)
        guard let listing = position.map(MemberListing.init) else { return nil }
        let age = Duration.microseconds(machineTime().microseconds) - .microseconds(listing.begunAtMicroseconds)
        guard context.principal == nil || age <= Self.longestListing else { throw SegmentationFailure.listingTooOld }
        return listing
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
    /// When its first page was asked for, in machine time.
    var begunAtMicroseconds: Int64

    init(key: Member.Key, asOfMicroseconds: Int64 = 0, version: Int64 = 0, begunAtMicroseconds: Int64) {
        self.key = key
        self.asOfMicroseconds = asOfMicroseconds
        self.version = version
        self.begunAtMicroseconds = begunAtMicroseconds
    }

    init(_ position: CursorPosition) {
        self.init(
            key: Member.Key(partition: Int16(truncatingIfNeeded: position[0]), customerID: position[1]),
            asOfMicroseconds: position[2], version: position[3], begunAtMicroseconds: position[4])
    }

    var position: CursorPosition {
        CursorPosition([Int64(key.partition), key.customerID, asOfMicroseconds, version, begunAtMicroseconds])
    }
}
