import Contracts
import RPC
import Testing

@Suite("The list of methods and their callers")
struct AccessTests {
    @Test("a method is served to the callers on its list and to nobody else", arguments: TransportKind.allCases)
    func list(_ kind: TransportKind) async throws {
        var router = RPCRouter()
        router.register(testingService: TestService())
        router.allow(TestingV1.TestingServiceMethods.all, callers: ["tester"])
        let stranger = try ServiceKey.random(id: "stranger-1", service: "stranger")
        try await Bench.with(kind, router, otherKeys: [stranger]) { bench in
            _ = try await bench.client.add(TestingV1.AddRequest())
            let channel = RPCChannel(transport: bench.transport, key: stranger)
            let error = try await failure { () throws(RPCError) in
                try await TestingV1.TestingServiceClient(channel).add(TestingV1.AddRequest())
            }
            #expect(error.code == .permissionDenied && error.notExecuted)
        }
    }

    @Test("a router with a method that nobody may call, or a list for no method, does not start")
    func validation() throws {
        var nobody = RPCRouter()
        nobody.register(testingService: TestService())
        #expect(throws: RuntimeError.self) { try nobody.validate() }
        var slip = TestService().router()
        slip.allow("zhike.testing.v1.TestingService/Ehco", callers: ["tester"])
        #expect(throws: RuntimeError.self) { try slip.validate() }
        #expect(throws: Never.self) { try TestService().router().validate() }
    }

    @Test("a router lists its methods with kind and callers")
    func describe() {
        let router = TestService().router()
        #expect(router.methods.count == 4)
        #expect(router.methods.first?.name == "zhike.testing.v1.TestingService/Add")
        #expect(router.methods.first?.kind == .mutating)
        #expect(router.allowedCallers(of: "zhike.testing.v1.TestingService/Add") == ["tester"])
        #expect(router.allowedCallers(of: "zhike.testing.v1.TestingService/Other").isEmpty)
    }

    @Test("interceptors stand around every handler, the first outermost", arguments: TransportKind.allCases)
    func interceptors(_ kind: TransportKind) async throws {
        struct Noting: RPCServerInterceptor {
            let name: String
            let notes: Notes<String>

            func intercept(
                _ context: CallContext, _ next: @Sendable (CallContext) async throws -> PackedReply
            ) async throws -> PackedReply {
                notes.add("\(name) in")
                defer { notes.add("\(name) out") }
                return try await next(context)
            }
        }
        let notes = Notes<String>()
        var router = TestService().router()
        router.interceptors = [Noting(name: "a", notes: notes), Noting(name: "b", notes: notes)]
        try await Bench.with(kind, router) { bench in
            _ = try await bench.client.echo(TestingV1.EchoRequest())
            #expect(notes.all == ["a in", "b in", "b out", "a out"])
        }
    }
}
