import Contracts
import Testing

@testable import RPC

@Suite("Serving calls that came in a bundle")
struct BundledServingTests {
    /// Echo answers from memory; everything else waits.
    private static func router() -> RPCRouter {
        var router = TestService().router()
        router.handleInline(TestingV1.TestingServiceMethods.echo) { request, _ in
            guard request.text != "no" else { throw RPCError(.aborted, "no") }
            return TestingV1.EchoResponse(text: request.text, payload: request.payload)
        }
        return router
    }

    private static func echo(_ bench: Bench, _ text: String) throws -> CallForm {
        var form = try CallForm(bench.key)
        form.envelope.method = TestingV1.TestingServiceMethods.echo.name
        form.body = try TestingV1.EchoRequest(text: text).packed()
        return form
    }

    private static func exchange(_ bench: Bench, _ bundle: BundleForm) async throws -> [UInt8] {
        try await bench.transport.exchange(bundle.bytes(), deadline: .now + .seconds(10))
    }

    /// The replies of a bundle that is accepted.
    private static func answers(_ bench: Bench, _ bundle: BundleForm) async throws -> [BundleReplyForm.Item] {
        let reply = try BundleReplyForm(await exchange(bench, bundle), bench.key)
        #expect(reply.isSigned && reply.envelope.nonce == bundle.envelope.nonce && reply.envelope.keyID == bench.key.id)
        return reply.items
    }

    /// The reply to a bundle that is refused as one.
    private static func refusal(_ bench: Bench, _ bundle: BundleForm) async throws -> ReplyForm {
        let reply = try ReplyForm(await exchange(bench, bundle))
        #expect(!reply.isSigned || reply.envelope.nonce == bundle.envelope.nonce)
        return reply
    }

    @Test(
        "each call is answered in its place, be it good, failed, foreign or nonsense", arguments: TransportKind.sockets)
    func eachForItself(_ kind: TransportKind) async throws {
        try await Bench.with(kind, Self.router()) { bench in
            var foreign = try Self.echo(bench, "foreign")
            foreign.envelope.method = "zhike.testing.v1.TestingService/Nothing"
            var nameless = try Self.echo(bench, "nameless")
            nameless.envelope.requestID = "with blanks"
            var bundle = try BundleForm(
                bench.key,
                [
                    Self.echo(bench, "first"), Self.echo(bench, "no"), foreign, nameless, Self.echo(bench, "last"),
                ])
            bundle.items.insert(BundleForm.item([0xFF], []), at: 4)
            let replies = try await Self.answers(bench, bundle)
            #expect(
                replies.map(\.code) == [.ok, .aborted, .unimplemented, .invalidArgument, .invalidArgument, .ok])
            #expect(try TestingV1.EchoResponse(unpacking: replies[0].body).text == "first")
            #expect(try TestingV1.EchoResponse(unpacking: replies[5].body).text == "last")
            #expect(replies[0].envelope.fromMemory)
            #expect(replies[2...4].allSatisfy { $0.envelope.notExecuted && $0.body.isEmpty })
        }
    }

    @Test("an item that says again who signs, when, with which nonce or for how long is refused")
    func twoSigners() async throws {
        try await Bench.with(.inproc, Self.router()) { bench in
            let good = try Self.echo(bench, "good")
            var bundle = try BundleForm(bench.key, [good])
            for change: (inout RPCV1.Envelope) -> Void in [
                { $0.caller = bench.key.service }, { $0.keyID = bench.key.id },
                { $0.nonce = [UInt8](repeating: 1, count: 16) }, { $0.issuedAtMicros = 1 },
                { $0.remainingMilliseconds = 5_000 },
            ] {
                var envelope = BundleForm.ownEnvelope(of: good)
                change(&envelope)
                bundle.items.append(BundleForm.item(try envelope.packed(), good.body))
            }
            let replies = try await Self.answers(bench, bundle)
            #expect(replies.map(\.code) == [.ok] + [RPCError.Code](repeating: .invalidArgument, count: 5))
        }
    }

    @Test("a bundle that is forged, of another time, of another caller or seen before is refused as one")
    func refusedAsOne() async throws {
        try await Bench.with(.ipc, Self.router()) { bench in
            let good = try BundleForm(bench.key, [Self.echo(bench, "1"), Self.echo(bench, "2")])
            func refusal(_ change: (inout BundleForm) throws -> Void) async throws -> ReplyForm {
                var bundle = good
                bundle.envelope.nonce = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
                try change(&bundle)
                return try await Self.refusal(bench, bundle)
            }
            let forged = try await refusal { $0.signer = try ServiceKey.random(id: "tester-1", service: "tester") }
            #expect(forged.code == .unauthenticated && !forged.isSigned)
            let bare = try await refusal { $0.algorithm = WireLayout.noMAC }
            #expect(bare.code == .unauthenticated && !bare.isSigned)
            let later = try await refusal { $0.version = 2 }
            #expect(later.code == .unimplemented && !later.isSigned)
            let old = try await refusal { $0.envelope.issuedAtMicros -= 60_000_000 }
            #expect(old.code == .unauthenticated && old.isSigned && old.envelope.notExecuted)
            let foreign = try await refusal { $0.envelope.caller = "somebody" }
            #expect(foreign.code == .unauthenticated && foreign.isSigned)
            let torn = try await refusal { $0.items[0].removeLast() }
            #expect(torn.code == .invalidArgument && torn.isSigned && torn.envelope.notExecuted)
            let empty = try await refusal { $0.items = [] }
            #expect(empty.code == .invalidArgument && empty.isSigned)

            #expect(try await Self.answers(bench, good).map(\.code) == [.ok, .ok])
            let again = try await Self.refusal(bench, good)
            #expect(again.code == .unauthenticated && again.isSigned && !again.envelope.notExecuted)
        }
    }

    @Test("a call that would keep the others waiting, or changes something, is not run in a bundle")
    func waiting() async throws {
        let ran = Notes<String>()
        var service = TestService()
        service.onList = { _, _ in
            ran.add("list")
            return TestingV1.ListNumbersResponse()
        }
        var router = service.router()
        router.handleInline(TestingV1.TestingServiceMethods.add) { _, _ in
            ran.add("add")
            return TestingV1.AddResponse()
        }
        try await Bench.with(.ipc, router) { bench in
            var list = try CallForm(bench.key)
            list.envelope.method = TestingV1.TestingServiceMethods.listNumbers.name
            list.body = []
            let replies = try await Self.answers(bench, BundleForm(bench.key, [CallForm(bench.key), list]))
            #expect(replies.map(\.code) == [.unavailable, .unavailable])
            #expect(replies.allSatisfy { $0.envelope.notExecuted && !$0.envelope.fromMemory })
            #expect(ran.all.isEmpty)
        }
    }

    @Test("a reply that is too long for a bundle is to be asked for alone")
    func tooLong() async throws {
        var router = TestService().router()
        router.handleInline(TestingV1.TestingServiceMethods.echo) { request, _ in
            let length = request.text == "long" ? CallBundle.longestItemByteCount : 1_500
            return TestingV1.EchoResponse(payload: [UInt8](repeating: 7, count: length))
        }
        try await Bench.with(.ipc, router) { bench in
            let bundle = try BundleForm(bench.key, ["short", "long", "short"].map { try Self.echo(bench, $0) })
            let replies = try await Self.answers(bench, bundle)
            #expect(replies.map(\.code) == [.ok, .unavailable, .ok])
            // It did run; being a read it may run again.
            #expect(!replies[1].envelope.notExecuted)
            // A channel asks again by itself.
            for text in ["short", "short", "long"] {
                let reply = try await bench.client.echo(TestingV1.EchoRequest(text: text))
                #expect(reply.payload.count >= 1_500)
            }
        }
    }

    @Test("a call is not served after its deadline, which counts from when its bundle was signed")
    func deadline() async throws {
        try await Bench.with(.ipc, Self.router()) { bench in
            let calls = try [UInt32(1_000), 60_000, 0].map { remaining in
                var call = try Self.echo(bench, "\(remaining)")
                call.envelope.remainingMilliseconds = remaining
                return call
            }
            var bundle = try BundleForm(bench.key, calls)
            bundle.envelope.issuedAtMicros -= 3_000_000
            let replies = try await Self.answers(bench, bundle)
            #expect(replies.map(\.code) == [.deadlineExceeded, .ok, .deadlineExceeded])
            #expect(replies[0].envelope.notExecuted && replies[2].envelope.notExecuted)
        }
    }

    @Test("a bundle takes one place among the running calls, and none while the service stops")
    func places() throws {
        let key = try ServiceKey.random(id: "tester-1", service: "tester")
        let seen = Notes<Int>()
        let dispatchers = Notes<RPCDispatcher>()
        // It holds the handler, which looks at it.
        defer { dispatchers.removeAll() }
        var router = TestService().router()
        router.handleInline(TestingV1.TestingServiceMethods.echo) { _, _ in
            seen.add(dispatchers.all[0].runningCount)
            return TestingV1.EchoResponse()
        }
        let dispatcher = try RPCDispatcher(
            router: router, keys: KeyRing([key]), configuration: RPCServerConfiguration(runningCallLimit: 1),
            logger: Bench.quiet)
        dispatchers.add(dispatcher)
        var form = try CallForm(key)
        form.envelope.method = TestingV1.TestingServiceMethods.echo.name
        form.body = []
        let replies = try BundleReplyForm(
            dispatcher.answerBundle(BundleForm(key, [form, form, form]).bytes()), key)
        #expect(replies.items.map(\.code) == [.ok, .ok, .ok])
        #expect(seen.all == [1, 1, 1])
        #expect(dispatcher.runningCount == 0)
        dispatcher.beginDraining()
        let refused = try ReplyForm(dispatcher.answerBundle(BundleForm(key, [form]).bytes()))
        #expect(refused.code == .unavailable && refused.envelope.notExecuted && refused.envelope.retryAfterMs > 0)
    }
}
