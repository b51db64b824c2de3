internal import Contracts
internal import EventLog
internal import ProtobufC

/// Bodies of entries of segmentation.log; they are contracts (segmentation/v1/log.proto).
enum MembershipEntries {
    /// The same for everybody of an office who enters or exits by one snapshot.
    static func body(of part: MembershipStorage.Part, officePath: String) throws -> [UInt8] {
        try SegmentationV1.MembershipChanged(
            segmentID: part.segmentID, segmentVersion: part.segmentVersion, officePath: officePath,
            snapshotID: part.snapshotID
        ).packed()
    }
}

extension CommonV1.LogPosition {
    init(log: String, _ position: LogPosition) {
        self.init(
            log: log,
            offsets: position.offsets.sorted { $0.key < $1.key }.map {
                CommonV1.PartitionOffset(partition: Int32($0.key), offset: $0.value)
            })
    }
}
