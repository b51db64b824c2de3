internal import Contracts

/// Rules, segments, their members and snapshots.
enum SegmentShapes {
    /// The rule language as text, or its JSON form.
    static let rule = sentRule(RuleSchema.rule)
    /// The same to be checked, which need not be well formed: what is wrong with it is the answer.
    private static let uncheckedRule = sentRule(.freeObject)

    private static func sentRule(_ json: JSONSchema) -> JSONShape<SegmentationV1.Rule> {
        JSONShape(
            schema: .anyOf([ruleText.schema, json]),
            read: { reader throws(JSONProblem) in
                if try reader.peek() == UInt8(ascii: "{") {
                    let json = try reader.readDeep(RuleSchema.jsonDepth) { reader throws(JSONProblem) in
                        try reader.readRawObject(byteLimit: ruleByteLimit)
                    }
                    return SegmentationV1.Rule(form: .json(json))
                }
                return SegmentationV1.Rule(form: .text(try ruleText.read(&reader)))
            },
            write: { rule, writer in
                switch rule.form {
                case .text(let text): writer.text(text)
                case .json(let json): writer.raw(json)
                case nil: writer.null()
                }
            })
    }

    /// The JSON form of a rule that segmentation wrote.
    static let writtenRule = JSONShape(
        schema: RuleSchema.rule, read: JSONShape<String>.freeObject(byteLimit: .max).read,
        write: JSONShape<String>.freeObject(byteLimit: .max).write)

    /// As segmentation takes it.
    private static let ruleByteLimit = 256 << 10
    private static let ruleText = JSONShape<String>.text(1...16_384, .anything)

    static let check = JSONShape<SegmentationV1.CheckRuleRequest>.object(
        "RuleCheck", SegmentationV1.CheckRuleRequest(), [.presence("rule", \.rule, uncheckedRule, isRequired: true)])

    private static let problem = JSONShape<SegmentationV1.RuleProblem>.object(
        "RuleProblem", SegmentationV1.RuleProblem(),
        [
            .required("line", \.line, .integer()),
            .required("column", \.column, .integer()),
            .required("path", \.path, .text()),
            .required("code", \.code, .text()),
            .required("message", \.message, .text()),
            .omittable("suggestion", \.suggestion, .text(), absent: ""),
        ])

    static let checked = JSONShape<SegmentationV1.CheckRuleResponse>.object(
        "RuleChecked", SegmentationV1.CheckRuleResponse(),
        [
            .required("valid", \.valid, .flag),
            .required("problems", \.problems, problem.array()),
            .omittable("text", \.text, .text(), absent: ""),
            .omittable("rule", \.json, writtenRule, absent: ""),
            .required("dictionary_version", \.dictionaryVersion, .integer()),
        ])

    static let create = JSONShape<SegmentationV1.CreateSegmentRequest>.object(
        "SegmentDraft", SegmentationV1.CreateSegmentRequest(),
        [
            .required("name", \.name, .text(1...100, .line)),
            .presence("rule", \.rule, rule, isRequired: true),
            .omittable(
                "office_path", \.officePath,
                CommonShapes.officePath.described("The office that owns it; your own where absent."), absent: ""),
        ])

    static let update = JSONShape<SegmentationV1.UpdateSegmentRequest>.object(
        "SegmentChange", SegmentationV1.UpdateSegmentRequest(),
        [
            .required("version", \.version, .identifier.described("The version the change is based on.")),
            .required("name", \.name, .text(1...100, .line)),
            .presence("rule", \.rule, rule, isRequired: true),
        ])

    static let segment = JSONShape<SegmentationV1.Segment>.object(
        "Segment", SegmentationV1.Segment(),
        [
            .required("segment_id", \.segmentID, .integer()),
            .required("name", \.name, .text()),
            .required("rule_text", \.ruleText, .text()),
            .required("rule", \.ruleJSON, writtenRule),
            .required("office_path", \.officePath, .text()),
            .required("version", \.version, .integer()),
            .required("changed_by", \.changedBy, .text()),
            .required("changed_at", \.changedAtMicros, .time),
        ])

    static let segments = JSONShape<SegmentationV1.ListSegmentsResponse>.object(
        "Segments", SegmentationV1.ListSegmentsResponse(),
        [
            .required("segments", \.segments, segment.array()),
            .omittable("next_cursor", \.nextPageCursor, CommonShapes.cursor, absent: ""),
        ])

    static let count = JSONShape<SegmentationV1.CountResponse>.object(
        "Count", SegmentationV1.CountResponse(),
        [
            .required("count", \.count, .integer()),
            .required("total", \.total, .integer().described("Customers in scope.")),
            .required("as_of", \.asOfMicros, .time),
        ])

    private static let member = JSONShape<SegmentationV1.Member>.object(
        "Member", SegmentationV1.Member(),
        [
            .required("customer_id", \.customerID, .integer()),
            .required("customer_number", \.customerNumber, .text()),
            .required("office_path", \.officePath, .text()),
            .required("manager", \.manager, .text()),
        ])

    static let members = JSONShape<SegmentationV1.ListMembersResponse>.object(
        "Members", SegmentationV1.ListMembersResponse(),
        [
            .required("members", \.members, member.array()),
            .omittable("next_cursor", \.nextPageCursor, CommonShapes.cursor, absent: ""),
        ])

    static let snapshotMembers = JSONShape<SegmentationV1.ListSnapshotMembersResponse>.object(
        "SnapshotMembers", SegmentationV1.ListSnapshotMembersResponse(),
        [
            .required("members", \.members, member.array()),
            .omittable("next_cursor", \.nextPageCursor, CommonShapes.cursor, absent: ""),
        ])
}
