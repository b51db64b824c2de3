internal import Contracts

/// How the messages that all suite services share look as JSON.
enum CommonShapes {
    static let channel = JSONShape<String>.text(1...48, .channel)
    static let officePath = JSONShape<String>.text(1...200, .officePath)
    static let cursor = JSONShape<String>.text(0...1_000)

    static let identity = JSONShape<CommonV1.Identity>.object(
        "Identity", CommonV1.Identity(),
        [
            .required("kind", \.kind, .text(1...32, .name).described("For example customer_number or mobile.")),
            .required("value", \.value, .text(1...128, .value)),
        ])

    /// `{"customer_id": 7}` or `{"kind": …, "value": …}`.
    static let customer = JSONShape<CommonV1.CustomerReference>(
        schema: .anyOf([customerByID.schema, identity.schema]),
        read: { reader throws(JSONProblem) in
            if reader.firstKey() == "customer_id" {
                return CommonV1.CustomerReference(by: .customerID(try customerByID.read(&reader)))
            }
            return CommonV1.CustomerReference(by: .identity(try identity.read(&reader)))
        },
        write: { reference, writer in
            switch reference.by {
            case .customerID(let id): customerByID.write(id, &writer)
            case .identity(let value): identity.write(value, &writer)
            case nil: writer.null()
            }
        })

    private static let customerByID = JSONShape<Int64>.object(
        "CustomerByID", 0, [.required("customer_id", \.self, .identifier)])

    static let position = JSONShape<CommonV1.LogPosition>.object(
        "LogPosition", CommonV1.LogPosition(),
        [
            .required("log", \.log, .oneOf(["profile", "segmentation", "campaign"])),
            .required("offsets", \.offsets, partitionOffset.array(0...256)),
        ])

    /// Where something stands in the profile log.
    static let profilePosition = JSONShape<CommonV1.LogPosition>.object(
        "ProfilePosition", CommonV1.LogPosition(),
        [
            .required("log", \.log, .oneOf(["profile"])),
            .required("offsets", \.offsets, partitionOffset.array(0...256)),
        ])

    private static let partitionOffset = JSONShape<CommonV1.PartitionOffset>.object(
        "PartitionOffset", CommonV1.PartitionOffset(),
        [
            .required("partition", \.partition, .integer(0...255)),
            .required("offset", \.offset, .integer()),
        ])

    static let refusal = JSONShape<CommonV1.Refusal>.object(
        "Refusal", CommonV1.Refusal(),
        [
            .optional("field", \.field, .text()),
            .required("code", \.code, .text()),
            .required("reason", \.reason, .text()),
        ])

    static let itemResult = JSONShape<CommonV1.ItemResult>.object(
        "ItemResult", CommonV1.ItemResult(),
        [
            .required("status", \.status, itemStatus),
            .omittable("customer_id", \.customerID, .integer(), absent: 0),
            .presence("refusal", \.refusal, refusal),
        ])

    private static let itemStatus = JSONShape<CommonV1.ItemStatus>.names([
        ("accepted", .accepted), ("duplicate", .duplicate), ("refused", .refused), ("unknown", .unspecified),
    ])

    /// The reply of a change that has nothing to tell.
    static let done = JSONShape<Void>(
        schema: .named("Done", .object(members: [.init(name: "done", schema: .flag, isRequired: true)])),
        read: { reader throws(JSONProblem) in try reader.skipValue() },
        write: { _, writer in
            writer.object { writer in
                writer.key("done")
                writer.flag(true)
            }
        })
}

extension JSONReader {
    /// The first key of the object that comes next, which is not taken; nil where there is none.
    func firstKey() -> String? {
        var copy = self
        guard (try? copy.peek()) == UInt8(ascii: "{") else { return nil }
        copy.position += 1
        guard (try? copy.peek()) == UInt8(ascii: "\"") else { return nil }
        return try? copy.readText()
    }
}
