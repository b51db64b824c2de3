import NNG
import Testing

@Suite("calls")
struct CallTests {
    @Test("a request comes back with its reply")
    func call() async throws {
        let server = try ReplySocket()
        let listener = try server.listen(on: Endpoint(parsing: "tcp://127.0.0.1:0"))
        let context = try server.openContext()
        let serving = Task { () async throws -> Void in
            let request = try await context.receive()
            try await context.reply(Message(copying: request.copyBytes().reversed()))
        }
        let client = try RequestSocket(dialing: listener.endpoint)
        let reply = try await client.call(Message(copying: [1, 2, 3]), timeout: .seconds(5))
        #expect(reply.copyBytes() == [3, 2, 1])
        try await serving.value
        await client.close()
        await server.close()
    }
}
