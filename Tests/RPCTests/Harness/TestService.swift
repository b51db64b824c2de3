import Contracts
import RPC

/// A suite service whose methods do what a test wants them to.
struct TestService: TestingV1.TestingServiceHandler {
    typealias Echo = @Sendable (TestingV1.EchoRequest, CallContext) async throws -> TestingV1.EchoResponse
    typealias Add = @Sendable (TestingV1.AddRequest, CallContext) async throws -> TestingV1.AddResponse
    typealias Put = @Sendable (TestingV1.PutRequest, CallContext) async throws -> TestingV1.PutResponse
    typealias List =
        @Sendable (TestingV1.ListNumbersRequest, CallContext) async throws -> TestingV1.ListNumbersResponse

    var onEcho: Echo = { request, _ in TestingV1.EchoResponse(text: request.text, payload: request.payload) }
    var onAdd: Add = { request, _ in TestingV1.AddResponse(total: request.amount) }
    var onPut: Put = { _, _ in TestingV1.PutResponse() }
    var onList: List = { _, _ in TestingV1.ListNumbersResponse() }

    func echo(_ request: TestingV1.EchoRequest, context: CallContext) async throws -> TestingV1.EchoResponse {
        try await onEcho(request, context)
    }

    func add(_ request: TestingV1.AddRequest, context: CallContext) async throws -> TestingV1.AddResponse {
        try await onAdd(request, context)
    }

    func put(_ request: TestingV1.PutRequest, context: CallContext) async throws -> TestingV1.PutResponse {
        try await onPut(request, context)
    }

    func listNumbers(
        _ request: TestingV1.ListNumbersRequest, context: CallContext
    ) async throws -> TestingV1.ListNumbersResponse {
        try await onList(request, context)
    }

    /// A router that lets `tester` call everything.
    func router() -> RPCRouter {
        var router = RPCRouter()
        router.register(testingService: self)
        router.allow(TestingV1.TestingServiceMethods.all, callers: ["tester"])
        return router
    }
}
