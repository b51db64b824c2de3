internal import Testing

@testable internal import ZhikeCommands

@Suite("a free port")
struct FreePortTests {
    @Test("is none of those that the system gives to connections by itself, and nobody listens there")
    func outsideTheSystemsOwn() throws {
        for _ in 0..<20 {
            let port = try FreePort.find()
            #expect(FreePort.range.contains(port))
            try FreePort.require(port)
        }
    }
}
