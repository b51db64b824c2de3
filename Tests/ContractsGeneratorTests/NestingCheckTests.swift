import Testing

@testable import ContractsGenerator

@Suite("No message contains itself")
struct NestingCheckTests {
    @Test(
        "directly, through others, repeated, in a map or in a oneof: refused",
        arguments: [
            "message A { A a = 1; }",
            "message A { repeated A a = 1; }",
            "message A { B b = 1; } message B { C c = 1; } message C { repeated A a = 1; }",
            "message A { map<string, A> a = 1; }",
            "message A { oneof x { string text = 1; A a = 2; } }",
            "message A { message Inner { A a = 1; } Inner inner = 1; }",
        ])
    func circles(messages: String) throws {
        let contract = try contract(ofProto: "syntax = \"proto3\"; package zhike.sample.v1; \(messages)")
        let error = #expect(throws: ContractError.self) { try NestingCheck.run(contract) }
        #expect(error?.description.contains("zhike.sample.v1.A -> ") == true)
    }

    @Test("a message used in two places is fine")
    func diamond() throws {
        let contract = try contract(
            ofProto: """
                syntax = "proto3"; package zhike.sample.v1;
                message A { B b = 1; C c = 2; repeated B more = 3; }
                message B { D d = 1; }
                message C { D d = 1; }
                message D { string text = 1; }
                """)
        try NestingCheck.run(contract)
    }
}
