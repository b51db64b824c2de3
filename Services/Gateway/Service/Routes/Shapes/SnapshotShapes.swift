internal import Contracts

/// Frozen segments, and the test of one customer.
enum SnapshotShapes {
    static let freeze = JSONShape<SegmentationV1.FreezeRequest>.object(
        "Freeze", SegmentationV1.FreezeRequest(),
        [
            .omittable("version", \.version, .identifier, absent: 0),
            .optional("after", \.after, CommonShapes.profilePosition.array(0...3)),
        ])

    static let snapshot = JSONShape<SegmentationV1.Snapshot>.object(
        "Snapshot", SegmentationV1.Snapshot(),
        [
            .required("snapshot_id", \.snapshotID, .integer()),
            .required("segment_id", \.segmentID, .integer()),
            .required("segment_version", \.segmentVersion, .integer()),
            .required("rule", \.ruleJSON, SegmentShapes.writtenRule),
            .required("dictionary_version", \.dictionaryVersion, .integer()),
            .presence("position", \.position, CommonShapes.position),
            .required("as_of", \.asOfMicros, .time),
            .required("count", \.count, .integer()),
            .required("checksum", \.checksum, .text()),
            .required("office_path", \.officePath, .text()),
        ])

    static let test = JSONShape<SegmentationV1.TestCustomerRequest>.object(
        "CustomerTest", SegmentationV1.TestCustomerRequest(),
        [.presence("customer", \.customer, CommonShapes.customer, isRequired: true)])

    private static let condition = JSONShape<SegmentationV1.ConditionResult>.object(
        "ConditionResult", SegmentationV1.ConditionResult(),
        [.required("condition", \.condition, .text()), .required("fits", \.fits, .flag)])

    static let tested = JSONShape<SegmentationV1.TestCustomerResponse>.object(
        "CustomerTested", SegmentationV1.TestCustomerResponse(),
        [.required("fits", \.fits, .flag), .required("conditions", \.conditions, condition.array())])
}
