internal import RPC
internal import Testing

@testable internal import ZhikeCommands

@Suite("for whom a call is made")
struct ConnectionTests {
    @Test(
        "must be somebody with roles and an office that the suite knows",
        arguments: [
            ["--user", ""], ["--role", "king"], ["--office", "head"], ["--office", "/Head/"],
            ["--endpoint", "profile"], ["--endpoint", "bank=tcp://127.0.0.1:1"],
            ["--endpoint", "gateway=tcp://127.0.0.1:1"], ["--endpoint", "gateway=127.0.0.1:8080"],
        ])
    func refused(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try Connection.parse(arguments) }
    }

    @Test("is looked for at the gateway that was named, with a suite of this machine or without")
    func gateway() throws {
        let elsewhere = ["--keys", "/nowhere", "--endpoint", "gateway=https://bank.example/"]
        #expect(try Connection.parse(elsewhere).gateway() == "https://bank.example")
        #expect(try Connection.parse(["--keys", "/nowhere"]).gateway() == nil)
        let named = ["--data", "/nowhere", "--endpoint", "gateway=http://127.0.0.1:8080"]
        #expect(try Connection.parse(named).gateway() == "http://127.0.0.1:8080")
        #expect(throws: RuntimeError.self) { try Connection.parse(["--data", "/nowhere"]).gateway() }
    }

    @Test("is refused in words where a gateway elsewhere was not named")
    func unnamedGateway() async throws {
        let ping = try PingCommand.parse(["gateway", "--keys", "/nowhere"])
        let error = await #expect(throws: RuntimeError.self) { try await ping.run() }
        #expect(error?.message.contains("--endpoint gateway=") == true)
    }

    @Test("takes the role that a step needs where none is named")
    func roles() throws {
        #expect(try Connection.parse(["--user", "lin"]).person(["approver"]).roles == ["approver"])
        let named = try Connection.parse(["--user", "lin", "--role", "analyst", "--office", "/head/"])
        #expect(named.person(["approver"]).roles == ["analyst"] && named.person([]).officePath == "/head/")
    }
}
