internal import Contracts
internal import EventLog
internal import ProtobufC

/// Entries of segmentation.log; they are contracts (segmentation/v1/log.proto).
enum MembershipEntries {
    private static let entered: Int16 = 1
    private static let exited: Int16 = 2

    /// One for each who entered or exited. The body is the same for everybody of an office.
    static func entries(
        of part: MembershipStorage.Part, _ changes: [MembershipStorage.Change]
    ) throws -> [NewLogEntry] {
        var bodies: [String: [UInt8]] = [:]
        return try changes.map { change in
            let body = try bodies[change.officePath] ?? body(of: part, officePath: change.officePath)
            bodies[change.officePath] = body
            return NewLogEntry(
                customerID: change.customerID, kind: change.hasEntered ? entered : exited, subject: "\(part.segmentID)",
                occurredAt: part.at, recordedAt: part.at, body: body)
        }
    }

    private static func body(of part: MembershipStorage.Part, officePath: String) throws -> [UInt8] {
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
