import Contracts
import Testing

@testable import RPC

@Suite("When a channel bundles calls")
struct BundleLearningTests {
    /// Serves calls alone by one router and those in bundles by another, and notes how each came.
    private struct TwoFacedTransport: RPCTransport {
        let alone: RPCDispatcher
        let bundled: RPCDispatcher
        let ways = Notes<String>()

        nonisolated(nonsending) func exchange(_ frame: consuming [UInt8], deadline: ContinuousClock.Instant)
            async throws(RPCError) -> [UInt8]
        {
            ways.add("alone")
            return await alone.answer(frame)
        }

        nonisolated(nonsending) func exchangeInBundle(_ frame: consuming [UInt8], deadline: ContinuousClock.Instant)
            async throws(RPCError) -> [UInt8]
        {
            ways.add("bundled")
            switch bundled.receive(frame) {
            case .reply(let bytes): return bytes
            case .run(let call): return call.runInBundle(replyByteLimit: 1_000).bytes
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
            bundled: try RPCDispatcher(router: bundled, keys: KeyRing([key]), logger: Bench.quiet))
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
}
