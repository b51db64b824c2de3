import Contracts
import Testing

@testable import RPC

@Suite("When a channel bundles calls")
struct BundleLearningTests {
    /// Serves calls alone by one router and those in bundles by another, and notes how each came.
    private final class TwoFacedTransport: BundlingTransport {
        let alone: RPCDispatcher
        let bundled: RPCDispatcher
        let sealer: BundleSealer
        let ways = Notes<String>()

        init(alone: RPCDispatcher, bundled: RPCDispatcher, sealer: BundleSealer) {
            self.alone = alone
            self.bundled = bundled
            self.sealer = sealer
        }

        nonisolated(nonsending) func exchange(_ frame: consuming [UInt8], deadline: ContinuousClock.Instant)
            async throws(RPCError) -> [UInt8]
        {
            ways.add("alone")
            return await alone.answer(frame)
        }

        let serviceName = "testing"

        func start(_ call: BundledCall) {
            ways.add("bundled")
            let (frame, expected) = sealer.seal([call.part])
            do throws(RPCError) {
                let replies = try sealer.open(bundled.answerBundle(frame), expected)
                call.end(.success(replies[0]))
            } catch {
                call.end(.failure(error))
            }
        }
    }

    private let key: ServiceKey
    private let inline: RPCRouter

    init() throws {
        key = try ServiceKey.random(id: "tester-1", service: "tester")
        var inline = TestService().router()
        inline.handleInline(TestingV1.TestingServiceMethods.echo) { request, _ in
            TestingV1.EchoResponse(text: request.text)
        }
        inline.handleInline(TestingV1.TestingServiceMethods.add) { _, _ in TestingV1.AddResponse() }
        self.inline = inline
    }

    private func transport(alone: RPCRouter, bundled: RPCRouter) throws -> TwoFacedTransport {
        TwoFacedTransport(
            alone: try RPCDispatcher(router: alone, keys: KeyRing([key]), logger: Bench.quiet),
            bundled: try RPCDispatcher(router: bundled, keys: KeyRing([key]), logger: Bench.quiet),
            sealer: BundleSealer(key))
    }

    @Test("a read is bundled once its server said that it answers from memory, and a change never")
    func learns() async throws {
        let transport = try transport(alone: inline, bundled: inline)
        let client = TestingV1.TestingServiceClient(RPCChannel(transport: transport, key: key))
        for text in ["1", "2", "3"] {
            #expect(try await client.echo(TestingV1.EchoRequest(text: text)).text == text)
        }
        #expect(transport.ways.all == ["alone", "bundled", "bundled"])
        for _ in 0..<3 { _ = try await client.add(TestingV1.AddRequest()) }
        #expect(transport.ways.all.suffix(3) == ["alone", "alone", "alone"])
    }

    @Test("a method whose handler may wait is not bundled")
    func waiting() async throws {
        let router = TestService().router()
        let transport = try transport(alone: router, bundled: router)
        let client = TestingV1.TestingServiceClient(RPCChannel(transport: transport, key: key))
        for _ in 0..<3 { _ = try await client.echo(TestingV1.EchoRequest()) }
        #expect(transport.ways.all == ["alone", "alone", "alone"])
    }

    @Test("a call that the server will not take in a bundle goes alone at once, also where nothing may be repeated")
    func refused() async throws {
        let transport = try transport(alone: inline, bundled: TestService().router())
        let client = TestingV1.TestingServiceClient(RPCChannel(transport: transport, key: key))
        _ = try await client.echo(TestingV1.EchoRequest(text: "learn"))
        let reply = try await client.echo(TestingV1.EchoRequest(text: "again"), options: CallOptions(retry: .never))
        #expect(reply.text == "again")
        #expect(transport.ways.all == ["alone", "bundled", "alone"])
    }

    @Test("a request that is too long for a bundle goes alone")
    func tooLong() async throws {
        let transport = try transport(alone: inline, bundled: inline)
        let client = TestingV1.TestingServiceClient(RPCChannel(transport: transport, key: key))
        for count in [1, 1, CallBundle.longestItemByteCount, 1] {
            let payload = [UInt8](repeating: 7, count: count)
            #expect(try await client.echo(TestingV1.EchoRequest(text: "long", payload: payload)).text == "long")
        }
        #expect(transport.ways.all == ["alone", "bundled", "alone", "bundled"])
    }

    @Test("person, trace and idempotency key arrive in a bundle as alone")
    func everything() async throws {
        var router = TestService().router()
        let seen = Notes<CallContext>()
        router.handleInline(TestingV1.TestingServiceMethods.echo) { _, context in
            seen.add(context)
            return TestingV1.EchoResponse()
        }
        let transport = try transport(alone: router, bundled: router)
        let client = TestingV1.TestingServiceClient(RPCChannel(transport: transport, key: key))
        let options = CallOptions(
            timeout: .seconds(7), idempotencyKey: "once",
            principal: Principal(user: "staff-17", roles: ["manager", "analyst"], officePath: "/head/east/"),
            trace: .random())
        for _ in 0..<2 { _ = try await client.echo(TestingV1.EchoRequest(), options: options) }
        #expect(transport.ways.all == ["alone", "bundled"])
        let (alone, bundled) = (seen.all[0], seen.all[1])
        #expect(bundled.principal == options.principal && alone.principal == options.principal)
        #expect(bundled.idempotencyKey == "once" && bundled.caller == "tester" && bundled.method == alone.method)
        #expect(bundled.trace.traceID == options.trace?.traceID && bundled.trace.spanID != options.trace?.spanID)
        #expect(bundled.requestID.utf8.count == 15 && bundled.requestID != alone.requestID)
        #expect(bundled.remaining > .seconds(1) && bundled.remaining < .seconds(8))
    }
}
