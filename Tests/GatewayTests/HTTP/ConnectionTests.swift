internal import Contracts
internal import NIOCore
internal import RPC
internal import Testing

@testable internal import GatewayService

@Suite("Connections of callers")
struct ConnectionTests {
    private static let document = "GET /openapi.json HTTP/1.1\r\nhost: a\r\n\r\n"

    private func suite() -> FakeSuite {
        var suite = FakeSuite()
        suite.on(SegmentationV1.SegmentationServiceMethods.listSegments) { _, _ in
            SegmentationV1.ListSegmentsResponse()
        }
        suite.on(SegmentationV1.SegmentationServiceMethods.checkRule) { _, _ in
            SegmentationV1.CheckRuleResponse(valid: true, text: "a", json: "{}")
        }
        return suite
    }

    private func check(_ gateway: GatewayFixture, _ headers: String) -> String {
        "POST /v1/segments/check HTTP/1.1\r\nhost: a\r\nauthorization: Bearer \(gateway.token)\r\n"
            + "content-type: application/json\r\n\(headers)\r\n"
    }

    @Test("peers that do not read their replies lose their connections, and others are served")
    func deaf() async throws {
        let settings = GatewayConfiguration.test { configuration in
            configuration.writeTimeoutMilliseconds = 300
            configuration.connectionLimit = 3
        }
        try await withGateway(suite(), settings) { gateway in
            var peers: [any Channel] = []
            for _ in 0..<3 { peers.append(try await gateway.deafPeer(asking: Self.document, times: 300)) }
            // They have all connections there are.
            #expect(try await gateway.send(.GET, "/v1/segments").status == 200)
            for peer in peers { try? await peer.close() }
        }
    }

    @Test("peers that read nothing, or do not send on, do not hold up a stop", .timeLimit(.minutes(1)))
    func stop() async throws {
        let settings = GatewayConfiguration.test { configuration in
            configuration.writeTimeoutMilliseconds = 600_000
            configuration.readTimeoutMilliseconds = 600_000
            configuration.idleTimeoutMilliseconds = 600_000
        }
        let began = Channels()
        try await withGateway(suite(), settings) { gateway in
            await began.add(try await gateway.deafPeer(asking: Self.document, times: 300))
            await began.add(
                try await gateway.deafPeer(asking: check(gateway, "content-length: 100\r\n") + "{", times: 1))
            // Whoever asks after them is answered after they were read from.
            for _ in 0..<20 { #expect(try await gateway.send(.GET, "/openapi.json").status == 200) }
        }
        await began.close()
    }

    private actor Channels {
        private var all: [any Channel] = []

        func add(_ channel: any Channel) { all.append(channel) }

        func close() async {
            for channel in all { try? await channel.close() }
        }
    }

    @Test("requests that come all at once are answered one by one, in order, also when the peer has closed its side")
    func pipelined() async throws {
        try await withGateway(suite()) { gateway in
            let paths = ["/healthz", "/nowhere", "/healthz", "/v1/segments"]
            let requests = paths.map { "GET \($0) HTTP/1.1\r\nhost: a\r\n\r\n" }.joined()
            let last = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
            let reply = try await gateway.withPeer { peer in
                try await peer.send(requests + last + requests)
                return await peer.read()
            }
            let statuses = reply.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
            // What comes after the last request is not answered.
            #expect(statuses == ["200", "404", "200", "401", "200"])
        }
    }

    @Test("HEAD is answered as GET is, without the bytes, and the connection goes on")
    func head() async throws {
        try await withGateway(suite()) { gateway in
            let requests = ["/healthz", "/nowhere", "/v1/track", "/v1/segments", "/openapi.json"]
                .map { "HEAD \($0) HTTP/1.1\r\nhost: a\r\n\r\n" }.joined()
            let last = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
            let reply = try await gateway.withPeer { peer in
                try await peer.send(requests + last)
                return await peer.read()
            }
            let replies = reply.split(separator: "HTTP/1.1 ")
            #expect(replies.map { $0.prefix(3) } == ["200", "404", "405", "401", "200", "200"])
            for head in replies.dropLast() { #expect(head.hasSuffix("\r\n\r\n")) }
            let body = #"{"status":"ok"}"#
            #expect(replies.last?.hasSuffix("\r\n\r\n" + body) == true)
            #expect(replies.first?.lowercased().contains("\r\ncontent-length: \(body.utf8.count)\r\n") == true)
        }
    }

    @Test(
        "a body over the limit ends the connection after the reply, however much more would come",
        .timeLimit(.minutes(1)))
    func tooLarge() async throws {
        let settings = GatewayConfiguration.test { configuration in
            configuration.bodyByteLimit = 1_024
            configuration.readTimeoutMilliseconds = 600_000
            configuration.idleTimeoutMilliseconds = 600_000
        }
        try await withGateway(suite(), settings) { gateway in
            for headers in ["content-length: 90000000\r\n", "transfer-encoding: chunked\r\n"] {
                let reply = try await gateway.withPeer { peer in
                    try await peer.send(check(gateway, headers))
                    if headers.hasPrefix("transfer") {
                        try await peer.send("800\r\n" + String(repeating: " ", count: 2_048) + "\r\n")
                    }
                    // To its end, with the rest of the body still to come.
                    return await peer.read()
                }
                #expect(reply.hasPrefix("HTTP/1.1 413"))
                #expect(reply.lowercased().contains("\r\nconnection: close\r\n"))
                #expect(reply.hasSuffix("}"))
            }
        }
    }

    @Test("a body that is no HTTP is refused once, and ends the connection")
    func noBody() async throws {
        try await withGateway(suite()) { gateway in
            let reply = try await gateway.withPeer { peer in
                try await peer.send(check(gateway, "transfer-encoding: chunked\r\n") + "zz\r\n")
                return await peer.read()
            }
            #expect(reply.hasPrefix("HTTP/1.1 400"))
            #expect(reply.split(separator: "HTTP/1.1 ").count == 1)
        }
    }

    @Test("whoever waits with its body is told to send it, unless it announces too much")
    func expectation() async throws {
        try await withGateway(suite(), .test { $0.bodyByteLimit = 1_024 }) { gateway in
            let body = #"{"rule": "a"}"#
            let reply = try await gateway.withPeer { peer in
                try await peer.send(check(gateway, "expect: 100-continue\r\ncontent-length: \(body.utf8.count)\r\n"))
                let first = await peer.read { $0.hasSuffix("\r\n\r\n") }
                #expect(first == "HTTP/1.1 100 Continue\r\n\r\n")
                try await peer.send(body)
                return await peer.read(until: RawPeer.isWholeReply)
            }
            #expect(reply.hasPrefix("HTTP/1.1 200"))
            let refused = try await gateway.raw(check(gateway, "expect: 100-continue\r\ncontent-length: 2000\r\n"))
            #expect(refused.hasPrefix("HTTP/1.1 413"))
            let none = try await gateway.raw(
                "GET /healthz HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\n\r\n")
            #expect(none.hasPrefix("HTTP/1.1 200"))
        }
    }
}
