internal import Contracts
internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import RPC
internal import Testing

@testable internal import GatewayService

@Suite("Limits of requests")
struct LimitTests {
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

    @Test("a body over the limit is refused with 413, announced or not")
    func body() async throws {
        try await withGateway(suite(), .test { $0.bodyByteLimit = 1_024 }) { gateway in
            let long = #"{"rule": "\#(String(repeating: "a", count: 2_000))"}"#
            #expect(try await gateway.send(.POST, "/v1/segments/check", long).status == 413)
            let chunked = try await gateway.raw(
                "POST /v1/segments/check HTTP/1.1\r\nhost: a\r\nauthorization: Bearer \(gateway.token)\r\n"
                    + "content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n800\r\n"
                    + String(repeating: " ", count: 2_048) + "\r\n0\r\n\r\n")
            #expect(chunked.hasPrefix("HTTP/1.1 413"))
            #expect(try await gateway.send(.POST, "/v1/segments/check", #"{"rule": "a"}"#).status == 200)
        }
    }

    @Test("headers over the limit end the connection")
    func headers() async throws {
        try await withGateway(suite()) { gateway in
            let reply = try await gateway.raw(
                Self.get(gateway, String(repeating: "a", count: 20_000)))
            #expect(reply.hasPrefix("HTTP/1.1 400"))
            #expect(try await gateway.raw(Self.get(gateway, "a")).hasPrefix("HTTP/1.1 200"))
        }
    }

    private static func get(_ gateway: GatewayFixture, _ value: String) -> String {
        "GET /v1/segments HTTP/1.1\r\nhost: a\r\nauthorization: Bearer \(gateway.token)\r\nx: \(value)\r\n\r\n"
    }

    @Test("a request that trickles in is cut off, and others are served meanwhile")
    func slow() async throws {
        try await withGateway(suite(), .test { $0.readTimeoutMilliseconds = 300 }) { gateway in
            let reply = try await gateway.raw(
                "POST /v1/segments/check HTTP/1.1\r\nhost: a\r\nauthorization: Bearer \(gateway.token)\r\n"
                    + "content-type: application/json\r\ncontent-length: 100\r\n\r\n{")
            #expect(reply.isEmpty)
            #expect(try await gateway.send(.GET, "/v1/segments").status == 200)
        }
    }

    @Test("a connection without a request is closed")
    func idle() async throws {
        try await withGateway(suite(), .test { $0.idleTimeoutMilliseconds = 200 }) { gateway in
            let reply = try await gateway.raw("GET /v1")
            #expect(reply.isEmpty)
        }
    }

    @Test("over its rate a caller gets 429 with a time to come again, and others are served")
    func rate() async throws {
        try await withGateway(
            suite(),
            .test { configuration in
                configuration.requestsPerSecond = 1
                configuration.requestBurst = 3
            }
        ) { gateway in
            var answers: [Answer] = []
            // However slow this machine is, it sends faster than one a second in the end.
            while answers.last?.status != 429, answers.count < 100 {
                answers.append(try await gateway.send(.GET, "/v1/segments"))
            }
            #expect(answers.count > 3)
            let refused = try #require(answers.last)
            #expect(refused.status == 429)
            #expect(refused.headers.first(name: "Retry-After") == "1")
            #expect(try refused.member("code") == "rate_limited")
            let other = try await gateway.mint.token { $0.sub = "clerk-8" }
            #expect(try await gateway.send(.GET, "/v1/segments", token: other).status == 200)
        }
    }

    @Test("a bucket refills steadily and never beyond its burst")
    func bucket() throws {
        let clock = ManualInstant()
        let limiter = RateLimiter(requestsPerSecond: 10, burst: 2, now: { clock.now })
        func passes() -> Bool { (try? limiter.pass("a")) != nil }
        #expect([passes(), passes(), passes()] == [true, true, false])
        clock.advance(.milliseconds(100))
        #expect([passes(), passes()] == [true, false])
        clock.advance(.seconds(3_600))
        #expect([passes(), passes(), passes()] == [true, true, false])
    }

    @Test("an unknown path is 404, another method 405 with Allow, another type 415, a body where none belongs 413")
    func shape() async throws {
        try await withGateway(suite()) { gateway in
            #expect(try await gateway.send(.GET, "/v2/segments").status == 404)
            #expect(try await gateway.send(.GET, "/v1/segments/").status == 404)
            let method = try await gateway.send(.DELETE, "/v1/segments")
            #expect(method.status == 405)
            #expect(method.headers.first(name: "Allow") == "GET, HEAD, POST")
            let type = try await gateway.send(
                .POST, "/v1/segments/check", "rule=a", headers: [("Content-Type", "application/x-www-form-urlencoded")])
            #expect(type.status == 415)
            #expect(try await gateway.send(.GET, "/v1/segments", "{}").status == 413)
            let parameter = try await gateway.send(.GET, "/v1/segments?colour=1")
            #expect(parameter.status == 400)
            #expect(try parameter.member("field") == "colour")
            let twice = try await gateway.send(.GET, "/v1/segments?cursor=a&cursor=b")
            #expect(try twice.member("code") == "duplicate_parameter")
            #expect(try await gateway.send(.GET, "/v1/segments/0").status == 400)
            #expect(try await gateway.send(.GET, "/v1/segments/%zz").status == 400)
        }
    }
}
