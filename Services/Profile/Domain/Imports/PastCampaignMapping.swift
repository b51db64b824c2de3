public import Foundation

/// How a file tells of a finished campaign: which arm each customer was in and what came of it.
public struct PastCampaignMapping: Sendable, Hashable {
    public var name: String
    public var armColumn: String
    /// Arms as they were assigned; the control arm is one of them.
    public var arms: [String]
    public var controlArm: String
    public var channel: String
    public var contactedAt: Date
    public var eventType: String
    public var windowDays: Int
    public var outcomeColumn: String
    /// The value of the column that says the customer converted.
    public var outcomeEquals: String
    /// Column with the value of the conversion in units of the currency, or nil.
    public var valueColumn: String?
    public var currency: String

    /// The columns that are named, with the place in the mapping that names each.
    var columnsUsed: [(field: String, name: String)] {
        [("arm_column", armColumn), ("outcome_column", outcomeColumn), ("value_column", valueColumn)].compactMap {
            field, name in
            name.map { ("past_campaign.\(field)", $0) }
        }
    }

    init(_ reader: MappingReader) throws(FieldProblem) {
        var reader = reader
        name = try reader.text("name")
        armColumn = try reader.text("arm_column")
        arms = try reader.texts("arms")
        controlArm = try reader.text("control_arm")
        channel = try reader.text("channel")
        guard let moment = TimeText.moment(try reader.text("contacted_at")) else {
            throw MappingReader.problem(reader.place("contacted_at"), "Write the time as 2026-03-02T10:00:00Z.")
        }
        contactedAt = moment
        eventType = try reader.text("event_type")
        guard let days = try reader.integer("window_days"), (1...3_650).contains(days) else {
            throw MappingReader.problem(reader.place("window_days"), "Give the window in days, 1 to 3650.")
        }
        windowDays = days
        outcomeColumn = try reader.text("outcome_column")
        outcomeEquals = try reader.text("outcome_equals")
        valueColumn = try reader.optionalText("value_column")
        currency = try reader.optionalText("currency") ?? "CNY"
        try reader.finish()
        guard arms.contains(controlArm) else {
            throw MappingReader.problem("past_campaign.control_arm", "Name one of the arms as the control arm.")
        }
    }
}
