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

    @Test(
        "names what no row could be right with, before any row is read",
        arguments: [
            (#", "consents": [{"purpose": "m", "channel": "sms"}]"#, "consents[0].granted"),
            (#", "consents": [{"purpose": "M!", "channel": "sms", "granted": true}]"#, "consents[0].purpose"),
            (#", "consents": [{"purpose": "m", "channel": "S M S", "granted": true}]"#, "consents[0].channel"),
            (
                #", "consents": [{"purpose": "m", "channel": "*", "granted": true, "valid_from": {"row_number": true}}]"#,
                "consents[0].valid_from"
            ),
            (
                #", "consents": [{"purpose": "m", "channel": "*", "granted": true, "valid_until": {"constant": "2025-02-29"}}]"#,
                "consents[0].valid_until.constant"
            ),
            (
                #", "consents": [{"purpose": "m", "channel": "*", "granted": true, "valid_until": {"constant": "1970-01-01"}}]"#,
                "consents[0].valid_until.constant"
            ),
            (
                #", "consents": [{"purpose": "m", "channel": "*", "granted": true, "valid_until": {"column": "end"}}]"#,
                "consents[0].valid_until.column"
            ),
            (#", "office": {"constant": "East"}"#, "office.constant"),
            (#", "manager": {"constant": " m "}"#, "manager.constant"),
            (
                #", "event": {"id": {"column": "age"}, "type": {"constant": "A b"}, "occurred_at": {"column": "age"}}"#,
                "event.type.constant"
            ),
            (
                #", "event": {"id": {"column": "age"}, "type": {"constant": "a"}, "occurred_at": {"constant": "now"}}"#,
                "event.occurred_at.constant"
            ),
        ])
    func mistakes(more: String, field: String) {
        #expect {
            try RowMapper(try Self.mapping(Self.age, more: more), header: ["age"])
        } throws: { ($0 as? FieldProblem)?.field == field }
    }

    @Test("names a kind of identity, a property and a source that cannot be")
    func impossible() throws {
        func field(_ columns: String, source: String = "s", more: String = "") -> String? {
            let text = #"{"title": "t", "source": "\#(source)", "customer_number": {"row_number": true}, "columns": {"#
            let json = Data("\(text)\(columns)}\(more)}".utf8)
            let mapping = Result { () throws(FieldProblem) in try ImportMapping(json: json) }
            if case .failure(let problem) = mapping { return problem.field }
            return nil
        }
        let property = #""known": "before", "property": {"name": "seconds", "type": "integer"}"#
        let event =
            #", "event": {"id": {"column": "a"}, "type": {"constant": "t"}, "occurred_at": {"constant": "2026-03-02"}}"#
        #expect(field(#""a": {"known": "before", "identity": "Phone!"}"#) == "columns.a.identity")
        #expect(field(#""a": {\#(property)}"#) == "columns.a.property")
        #expect(field(#""a": {\#(property)}"#, more: event) == nil)
        #expect(field(#""a": {\#(property)}, "b": {\#(property)}"#, more: event) == "columns.b.property.name")
        #expect(field("", source: String(repeating: "x", count: 121)) == "source")
    }

    @Test("leaves what the dictionary knows as it is, and stops on another type")
    func knownTraits() throws {
        let mapping = try Self.mapping(Self.age)
        #expect(try mapping.newTraits(known: [:]).map(\.name) == ["age"])
        #expect(try mapping.newTraits(known: ["age": .integer, "name": .text]).isEmpty)
        #expect {
            try mapping.newTraits(known: ["age": .text])
        } throws: { ($0 as? FieldProblem)?.field == "columns.age.trait.type" }
    }

    @Test("a consent is valid from and until what the row says, and its errors name the column")
    func validity() throws {
        let columns = ["from", "end"].map { #""\#($0)": {"known": "before", "ignore": true}"# }.joined(separator: ", ")
        let moments = #""valid_from": {"column": "from"}, "valid_until": {"column": "end"}"#
        let consents = #", "consents": [{"purpose": "m", "channel": "sms", "granted": true, \#(moments)}]"#
        let mapper = try RowMapper(try Self.mapping(columns, more: consents), header: ["from", "end"])
        let opening = Date(timeIntervalSince1970: 1_772_416_800)
        func consent(_ from: String, _ end: String) throws -> Consent {
            try #require(
                try mapper.row(1, [from, end], receivedAt: .now, consentsFrom: opening).consents.first)
        }
        let both = try consent("2026-01-01", "2026-12-31T23:59:59+08:00")
        #expect(both.validFrom == Date(timeIntervalSince1970: 1_767_225_600))
        #expect(both.validUntil == Date(timeIntervalSince1970: 1_798_732_799))
        let neither = try consent("", "")
        #expect(neither.validFrom == opening && neither.validUntil == nil)
        for (from, end, field) in [
            ("2026-13-01", "", "from"), ("", "soon", "end"), ("", "1970-01-01T00:00:00Z", "end"),
            ("1970-01-01", "", "from"), ("", "2026-01-01", "end"), ("2027-01-01", "2026-12-31", "end"),
        ] {
            #expect {
                try consent(from, end)
            } throws: { ($0 as? FieldProblem)?.field == field }
        }
    }

    @Test("names the first column of the file that is wrong, and numbers are digits alone")
    func firstColumn() throws {
        let columns = (1...9).map {
            #""c\#($0)": {"known": "before", "trait": {"name": "t\#($0)", "type": "decimal", "meaning": "x"}}"#
        }
        let header = (1...9).map { "c\($0)" }
        let mapper = try RowMapper(try Self.mapping(columns.joined(separator: ", ")), header: header)
        for text in ["0x10", "nan", "inf", "1e", " 1", "1_000", "1,5"] {
            #expect {
                try mapper.row(1, Array(repeating: text, count: 9), receivedAt: .now)
            } throws: { ($0 as? FieldProblem)?.field == "c1" }
        }
        let row = try mapper.row(1, ["1", "-1.5", "+2", "1e3", "1E-3", ".5", "", "0", "7."], receivedAt: .now)
        #expect(row.traits["t4"] == .some(.some(.decimal(1_000))))
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

    private static func pastCampaign(currency: String) throws -> (RowMapper, PastCampaignMapping) {
        let columns = ["arm", "bought", "spent"].map { #""\#($0)": {"known": "after", "ignore": true}"# }
        let past = #"""
            , "past_campaign": {"name": "p", "arm_column": "arm", "arms": ["mail", "none"], "control_arm": "none",
            "channel": "mail", "contacted_at": "2008-03-20T00:00:00Z", "event_type": "bought", "window_days": 14,
            "outcome_column": "bought", "outcome_equals": "1", "value_column": "spent", "currency": "\#(currency)"}
            """#
        let mapping = try Self.mapping(columns.joined(separator: ", "), more: past)
        return (try RowMapper(mapping, header: ["arm", "bought", "spent"]), try #require(mapping.pastCampaign))
    }

    @Test(
        "the value of a past conversion is in the minor units of its own currency",
        arguments: [("CNY", 1_250), ("JPY", 13), ("KWD", 12_500), ("CLF", 125_000)] as [(String, Int64)])
    func pastCurrency(currency: String, expected: Int64) throws {
        let (mapper, campaign) = try Self.pastCampaign(currency: currency)
        #expect(try mapper.pastContact(campaign, 1, ["mail", "1", "12.5"]).valueMinor == expected)
    }

    @Test("the amount of a past conversion is a number within bounds, or nothing")
    func pastAmount() throws {
        let (mapper, campaign) = try Self.pastCampaign(currency: "CNY")
        #expect(try mapper.pastContact(campaign, 1, ["mail", "1", "12.5"]).valueMinor == 1250)
        #expect(try mapper.pastContact(campaign, 2, ["none", "0", ""]).valueMinor == 0)
        #expect(try mapper.pastContact(campaign, 1, ["mail", "1", "1e13"]).valueMinor == 1_000_000_000_000_000)
        for amount in ["much", "nan", "inf", "1e300", "10000000000000.01"] {
            #expect {
                try mapper.pastContact(campaign, 3, ["mail", "1", amount])
            } throws: { ($0 as? FieldProblem)?.field == "spent" }
        }
    }

    private static let renamed = #"""
        {"title": "t", "source": "s", "rows": "events", "customer_number": {"column": "no"},
         "office": {"column": "branch"}, "manager": {"column": "boss"},
         "columns": {"no": {"known": "before", "ignore": true}, "branch": {"known": "before", "ignore": true},
                     "boss": {"known": "before", "ignore": true}, "key": {"known": "before", "ignore": true},
                     "what": {"known": "before", "ignore": true}, "at": {"known": "before", "ignore": true},
                     "years": {"known": "before", "trait": {"name": "age", "type": "integer", "meaning": "Age"}},
                     "day": {"known": "before", "trait": {"name": "since", "type": "time", "meaning": "Since"}}},
         "event": {"id": {"column": "key"}, "type": {"column": "what"}, "occurred_at": {"column": "at"}}}
        """#

    private static func renamedMapper() throws -> (RowMapper, fields: [String], header: [String]) {
        let header = ["no", "branch", "boss", "key", "what", "at", "years", "day"]
        let fields = ["C1", "/head/", "m1", "e1", "app.login", "2026-03-02T10:00:00Z", "41", "2026-03-02"]
        let mapping = try ImportMapping(json: Data(renamed.utf8))
        return (try RowMapper(mapping, header: header), fields, header)
    }

    @Test("a row's errors name columns that the file has, whatever they are called")
    func columnsOfErrors() throws {
        let (mapper, fields, header) = try Self.renamedMapper()
        #expect(try mapper.row(1, fields, receivedAt: .distantFuture).events.count == 1)
        for (index, wrong) in [
            " C1", "head", " m", " ", "App Login", "1969-12-31T10:00:00Z", "old", "2026-02-30",
        ].enumerated() {
            var changed = fields
            changed[index] = wrong
            #expect {
                try mapper.row(1, changed, receivedAt: .distantFuture)
            } throws: { ($0 as? FieldProblem)?.field == header[index] }
        }
    }

    @Test("what the service refuses of a row is named by the file's column too, and what is of none stays")
    func columnsOfRefusals() throws {
        let (mapper, _, _) = try Self.renamedMapper()
        for (field, column) in [
            ("office_path", "branch"), ("manager", "boss"), ("identities[0].value", "no"),
            ("events[0].event_id", "key"), ("events[0].occurred_at", "at"), ("events[0].type", "what"),
            ("traits[0].value", "years"), ("traits[1].name", "day"), ("traits[2].value", "traits[2].value"),
            ("identities", "identities"), ("events[0]", "events[0]"), ("", ""),
        ] {
            #expect(mapper.column(ofField: field) == column)
        }
    }

    @Test("a plain day begins in the zone that the mapper was told")
    func days() throws {
        var (mapper, fields, _) = try Self.renamedMapper()
        for (zone, moment) in [("GMT", 1_772_409_600.0), ("Asia/Shanghai", 1_772_380_800)] {
            mapper.zone = try #require(TimeZone(identifier: zone))
            fields[5] = "2026-03-02"
            let row = try mapper.row(1, fields, receivedAt: .distantFuture)
            #expect(row.traits["since"] == .some(.some(.time(Date(timeIntervalSince1970: moment)))))
            #expect(row.events[0].occurredAt == Date(timeIntervalSince1970: moment))
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
