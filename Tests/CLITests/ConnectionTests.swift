internal import Testing

@testable internal import ZhikeCommands

@Suite("for whom a call is made")
struct ConnectionTests {
    @Test(
        "must be somebody with roles and an office that the suite knows",
        arguments: [
            ["--user", ""], ["--role", "king"], ["--office", "head"], ["--office", "/Head/"],
            ["--endpoint", "profile"], ["--endpoint", "bank=tcp://127.0.0.1:1"],
        ])
    func refused(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try Connection.parse(arguments) }
    }

    @Test("takes the role that a step needs where none is named")
    func roles() throws {
        #expect(try Connection.parse(["--user", "lin"]).person(["approver"]).roles == ["approver"])
        let named = try Connection.parse(["--user", "lin", "--role", "analyst", "--office", "/head/"])
        #expect(named.person(["approver"]).roles == ["analyst"] && named.person([]).officePath == "/head/")
    }
}
