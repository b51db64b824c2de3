import Testing

@testable import ContractsGenerator

@Suite("A number that was released keeps its meaning")
struct ReleasedFieldsTests {
    private static let released = "message A { string name = 1; int64 size = 2; } enum E { E_NONE = 0; E_ONE = 1; }"

    @Test(
        "renumbered, retyped, renamed or reused: refused",
        arguments: [
            "message A { string name = 3; int64 size = 2; } enum E { E_NONE = 0; E_ONE = 1; }",
            "message A { string name = 1; string size = 2; } enum E { E_NONE = 0; E_ONE = 1; }",
            "message A { string name = 1; repeated int64 size = 2; } enum E { E_NONE = 0; E_ONE = 1; }",
            "message A { string name = 1; int64 other = 2; } enum E { E_NONE = 0; E_ONE = 1; }",
            "message A { string name = 1; int64 size = 2; } enum E { E_NONE = 0; E_TWO = 1; }",
            "message A { string name = 1; int64 size = 2; } enum E { E_NONE = 0; E_ONE = 2; }",
        ])
    func refused(messages: String) throws {
        let earlier = try Self.fields(Self.released)
        let current = try Self.fields(messages)
        #expect(throws: ContractError.self) { try current.check(against: earlier) }
    }

    @Test("added and removed: fine, and what was removed stays taken")
    func additions() throws {
        let earlier = try Self.fields(Self.released)
        let grown = try Self.fields(
            "message A { string name = 1; int64 size = 2; bool on = 3; } enum E { E_NONE = 0; E_ONE = 1; E_TWO = 2; }")
        try grown.check(against: earlier)
        let shrunk = try Self.fields("message A { string name = 1; } enum E { E_NONE = 0; }")
        try shrunk.check(against: earlier)
        let kept = shrunk.joined(with: earlier)
        #expect(kept == earlier)
        let reused = try Self.fields("message A { string name = 1; bool on = 2; } enum E { E_NONE = 0; }")
        #expect(throws: ContractError.self) { try reused.check(against: kept) }
    }

    @Test("the text form comes back equal, and a damaged line is refused")
    func text() throws {
        let fields = try Self.fields(Self.released)
        #expect(fields.text.contains("zhike.sample.v1.A 2 size int64\n"))
        #expect(fields.text.contains("zhike.sample.v1.E 1 E_ONE value\n"))
        #expect(try ReleasedFields(parsing: fields.text) == fields)
        #expect(throws: ContractError.self) { try ReleasedFields(parsing: "zhike.sample.v1.A two size int64") }
    }

    private static func fields(_ messages: String) throws -> ReleasedFields {
        ReleasedFields(try contract(ofProto: "syntax = \"proto3\"; package zhike.sample.v1; \(messages)"))
    }
}
