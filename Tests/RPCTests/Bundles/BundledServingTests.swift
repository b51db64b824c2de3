import Contracts
import Testing

@testable import RPC
@testable import RPCNNGTransport

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

    private static func echo(_ bench: Bench, _ request: TestingV1.EchoRequest) throws -> CallForm {
        var form = try CallForm(bench.key)
        form.envelope.method = TestingV1.TestingServiceMethods.echo.name
        form.body = try request.packed()
        return form
    }

    private static func answers(_ bench: Bench, _ calls: [[UInt8]]) async throws -> [ReplyForm] {
        let bytes = try await bench.transport.exchange(Bundle.bytes(of: calls), deadline: .now + .seconds(10))
        return try #require(Bundle.items(of: bytes)).map { try ReplyForm($0) }
    }

    @Test(
        "each call is answered in its place, be it good, failed, foreign or nonsense", arguments: TransportKind.sockets)
    func eachForItself(_ kind: TransportKind) async throws {
        try await Bench.with(kind, Self.router()) { bench in
            var forged = try Self.echo(bench, TestingV1.EchoRequest(text: "forged"))
            forged.signer = try ServiceKey.random(id: "tester-1", service: "tester")
            let replies = try await Self.answers(
                bench,
                [
                    Self.echo(bench, TestingV1.EchoRequest(text: "first")).bytes(),
                    Self.echo(bench, TestingV1.EchoRequest(text: "no")).bytes(),
                    forged.bytes(),
                    [1, 2, 3],
                    Self.echo(bench, TestingV1.EchoRequest(text: "last")).bytes(),
                ])
            #expect(replies.map(\.code) == [.ok, .aborted, .unauthenticated, .invalidArgument, .ok])
            #expect(replies.map(\.isSigned) == [true, true, false, false, true])
            #expect(try TestingV1.EchoResponse(unpacking: replies[0].body).text == "first")
            #expect(try TestingV1.EchoResponse(unpacking: replies[4].body).text == "last")
            #expect(replies[0].envelope.fromMemory)
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
            let replies = try await Self.answers(bench, [CallForm(bench.key).bytes(), list.bytes()])
            #expect(replies.map(\.code) == [.unavailable, .unavailable])
            #expect(replies.allSatisfy { $0.envelope.notExecuted && $0.isSigned && !$0.envelope.fromMemory })
            #expect(ran.all.isEmpty)
        }
    }

    @Test("a reply that is too long for a bundle is to be asked for alone", arguments: [1_000, 2_000])
    func tooLong(_ replyByteLimit: Int) throws {
        let key = try ServiceKey.random(id: "tester-1", service: "tester")
        let dispatcher = try RPCDispatcher(router: Self.router(), keys: KeyRing([key]), logger: Bench.quiet)
        var form = try CallForm(key)
        form.envelope.method = TestingV1.TestingServiceMethods.echo.name
        form.body = try TestingV1.EchoRequest(payload: [UInt8](repeating: 7, count: 1_500)).packed()
        guard case .run(let call) = try dispatcher.receive(form.bytes()) else {
            Issue.record("the call was refused")
            return
        }
        let reply = try ReplyForm(call.runInBundle(replyByteLimit: replyByteLimit).bytes)
        #expect(reply.code == (replyByteLimit == 1_000 ? .unavailable : .ok))
        // It did run; being a read it may run again.
        #expect(!reply.envelope.notExecuted)
        #expect(dispatcher.runningCount == 0)
    }

    @Test("a call is served once, and not after its deadline, in a bundle as alone")
    func replayAndDeadline() async throws {
        try await Bench.with(.ipc, Self.router()) { bench in
            let once = try Self.echo(bench, TestingV1.EchoRequest(text: "once")).bytes()
            var late = try Self.echo(bench, TestingV1.EchoRequest(text: "late"))
            late.envelope.issuedAtMicros -= 3_000_000
            late.envelope.remainingMilliseconds = 1_000
            let replies = try await Self.answers(bench, [once, once, late.bytes()])
            #expect(replies.map(\.code) == [.ok, .unauthenticated, .deadlineExceeded])
            #expect(replies[2].envelope.notExecuted)
        }
    }
}
