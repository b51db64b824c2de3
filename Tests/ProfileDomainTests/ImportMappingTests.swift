internal import Foundation
internal import ProfileDomain
internal import Testing

@Suite("The mapping of a file")
struct ImportMappingTests {
    static func mapping(_ columns: String, more: String = "") throws -> ImportMapping {
        try ImportMapping(
            json: Data(
                #"{"title": "t", "source": "s", "customer_number": {"row_number": true}, "columns": {\#(columns)}\#(more)}"#
                    .utf8))
    }

    static let age = #""age": {"known": "before", "trait": {"name": "age", "type": "integer", "meaning": "Age"}}"#

    @Test("makes rows of customers with typed traits, unknown where the text says so")
    func rows() throws {
        let mapper = try RowMapper(try Self.mapping(Self.age), header: ["age"])
        let row = try mapper.row(7, ["41"], receivedAt: .now)
        #expect(row.identities[0].value == "7")
        #expect(row.traits["age"] == .some(.some(.integer(41))))
        #expect(try mapper.row(8, [""], receivedAt: .now).traits["age"] == .some(nil))
    }

    @Test("stops the import on a column that it does not declare, and on one that the file lacks")
    func header() {
        #expect(throws: FieldProblem.self) { try RowMapper(try Self.mapping(Self.age), header: ["age", "duration"]) }
        #expect(throws: FieldProblem.self) { try RowMapper(try Self.mapping(Self.age), header: []) }
    }

    @Test(
        "stops the import on a column that something else than the columns names and the file lacks",
        arguments: [
            (
                #", "consents": [{"purpose": "m", "channel": "sms", "granted": true}, {"purpose": "m", "channel": "sms", "granted": false, "when": {"column": "opt_outs", "equals": "yes"}}]"#,
                "consents[1].when.column"
            ),
            (
                #", "rows": "events", "event": {"id": {"column": "x"}, "type": {"constant": "a"}, "occurred_at": {"column": "age"}}"#,
                "event.id.column"
            ),
            (#", "manager": {"column": "boss"}"#, "manager.column"),
            (
                #", "past_campaign": {"name": "p", "arm_column": "age", "arms": ["a"], "control_arm": "a", "channel": "mail", "contacted_at": "2008-03-20T00:00:00Z", "event_type": "b", "window_days": 14, "outcome_column": "y", "outcome_equals": "1"}"#,
                "past_campaign.outcome_column"
            ),
        ])
    func namedElsewhere(more: String, field: String) {
        #expect {
            try RowMapper(try Self.mapping(Self.age, more: more), header: ["age"])
        } throws: { ($0 as? FieldProblem)?.field == field }
    }

    @Test("stops the import where two columns are one trait")
    func repeatedTrait() {
        #expect {
            try Self.mapping(Self.age + ", " + Self.age.replacing(#""age": {"known"#, with: #""years": {"known"#))
        } throws: { ($0 as? FieldProblem)?.field.hasSuffix(".trait.name") == true }
    }

    @Test(
        "refuses a row with a text that cannot be stored, and names the column",
        arguments: ["a\0b", String(repeating: "x", count: 1_025)])
    func unstorable(text: String) throws {
        let name = Self.age.replacing("age", with: "name").replacing("integer", with: "text")
        let mapper = try RowMapper(try Self.mapping(name), header: ["name"])
        #expect {
            try mapper.row(1, [text], receivedAt: .now)
        } throws: { ($0 as? FieldProblem)?.field == "name" }
    }

    @Test("refuses a trait that is known only after a contact")
    func after() {
        let after = Self.age.replacing("before", with: "after")
        #expect {
            try Self.mapping(after)
        } throws: { ($0 as? FieldProblem)?.field == "columns.age.trait.known" }
    }

    @Test("the amount of a past conversion is a number within bounds, or nothing")
    func pastAmount() throws {
        let columns = ["arm", "bought", "spent"].map { #""\#($0)": {"known": "after", "ignore": true}"# }
        let past = #"""
            , "past_campaign": {"name": "p", "arm_column": "arm", "arms": ["mail", "none"], "control_arm": "none",
            "channel": "mail", "contacted_at": "2008-03-20T00:00:00Z", "event_type": "bought", "window_days": 14,
            "outcome_column": "bought", "outcome_equals": "1", "value_column": "spent"}
            """#
        let mapping = try Self.mapping(columns.joined(separator: ", "), more: past)
        let mapper = try RowMapper(mapping, header: ["arm", "bought", "spent"])
        let campaign = try #require(mapping.pastCampaign)
        #expect(try mapper.pastContact(campaign, 1, ["mail", "1", "12.5"]).value == 12.5)
        #expect(try mapper.pastContact(campaign, 2, ["none", "0", ""]).value == 0)
        for amount in ["much", "nan", "inf", "1e300"] {
            #expect {
                try mapper.pastContact(campaign, 3, ["mail", "1", amount])
            } throws: { ($0 as? FieldProblem)?.field == "spent" }
        }
    }

    @Test("names a key that it does not know")
    func unknownKey() {
        #expect {
            try Self.mapping(Self.age, more: #", "colour": 1"#)
        } throws: { ($0 as? FieldProblem)?.field == "colour" }
    }

    @Test("names the column of a value that does not fit its type")
    func wrongValue() throws {
        let mapper = try RowMapper(try Self.mapping(Self.age), header: ["age"])
        #expect {
            try mapper.row(1, ["old"], receivedAt: .now)
        } throws: { ($0 as? FieldProblem)?.field == "age" }
    }
}
