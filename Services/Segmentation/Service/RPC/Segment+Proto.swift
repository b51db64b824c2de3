internal import Contracts
internal import Postgres
internal import SegmentationDomain

extension SegmentationV1.Segment {
    init(_ segment: Segment) {
        self.init(
            segmentID: segment.id, name: segment.content.name, ruleText: segment.content.ruleText,
            ruleJSON: segment.content.ruleJSON, officePath: segment.officePath, version: segment.version,
            changedBy: segment.changedBy, changedAtMicros: segment.changedAt.microseconds)
    }
}

extension SegmentationV1.Snapshot {
    init(_ snapshot: Snapshot) {
        self.init(
            snapshotID: snapshot.id, segmentID: snapshot.segmentID, segmentVersion: snapshot.segmentVersion,
            ruleJSON: snapshot.ruleJSON, dictionaryVersion: snapshot.dictionaryVersion,
            position: CommonV1.LogPosition(
                log: ProfilePosition.log,
                offsets: snapshot.profileOffsets.enumerated().map { partition, offset in
                    CommonV1.PartitionOffset(partition: Int32(partition), offset: offset)
                }),
            asOfMicros: snapshot.asOf.microseconds, count: snapshot.count, checksum: snapshot.checksum,
            officePath: snapshot.officePath)
    }
}

extension SegmentationV1.Member {
    init(_ member: Member) {
        self.init(
            customerID: member.key.customerID, customerNumber: member.customerNumber, officePath: member.officePath,
            manager: member.manager)
    }
}

/// Positions of the profile log as callers send them.
enum ProfilePosition {
    static let log = "profile"

    /// The offset to have been reached in each partition that is named.
    static func offsets(_ positions: [CommonV1.LogPosition], partitions: Int) throws -> [Int: Int64] {
        var offsets: [Int: Int64] = [:]
        for (index, position) in positions.enumerated() {
            guard position.log == log else { throw SegmentationFailure.unreadLog(field: "after[\(index)].log") }
            for offset in position.offsets {
                guard (0..<partitions).contains(Int(offset.partition)) else { throw SegmentationFailure.positionAhead }
                offsets[Int(offset.partition)] = max(offsets[Int(offset.partition)] ?? 0, offset.offset)
            }
        }
        return offsets
    }
}
