import Contracts
import Foundation
import RPC
import TestSupport
import Testing

/// Runs only from `deploy/check-wire`, which brings a Python with pynng and protobuf and the descriptor set.
@Suite("A client in another language")
struct PythonClientTests {
    private static let environment = ProcessInfo.processInfo.environment

    private static func service() throws -> RPCRouter {
        let cursor = PageCursor(key: try ServiceKey.random(id: "testing-1", service: "testing"))
        var service = TestService()
        service.onEcho = { request, _ in
            if request.text == "sleep" {
                await untilCancelled()
                // As a handler does that waits for something: it ends with the cancellation, and not with an answer.
                try Task.checkCancellation()
            }
            return TestingV1.EchoResponse(text: request.text, payload: request.payload)
        }
        service.onAdd = { request, context in
            guard request.amount >= 0 else {
                throw RPCError(
                    .failedPrecondition, "Give an amount of 0 or more.", field: "amount", retryAfterMilliseconds: 7)
            }
            if request.amount == 5 {
                let principal = Principal(user: "staff-17", roles: ["manager"], officePath: "/head/east/")
                guard context.principal == principal, context.idempotencyKey == "once-1" else {
                    throw RPCError(.invalidArgument, "The principal or the idempotency key did not arrive.")
                }
            }
            return TestingV1.AddResponse(total: request.amount)
        }
        let list = { @Sendable (request: TestingV1.ListNumbersRequest, context: CallContext) throws in
            let position = try cursor.position(of: request.pageCursor, method: context.method, scope: "all")
            let start = position.map { Int($0[0]) } ?? 0
            let end = min(start + 10, Int(request.count))
            return TestingV1.ListNumbersResponse(
                numbers: (start..<end).map(Int64.init),
                nextPageCursor: end < request.count
                    ? cursor.sign([UInt8(end)], method: context.method, scope: "all") : "")
        }
        var router = RPCRouter()
        router.register(testingService: service)
        typealias Methods = TestingV1.TestingServiceMethods
        // From memory, so that it may come in a bundle.
        router.handleInline(Methods.listNumbers, list)
        router.allow(
            [Methods.echo.description, Methods.add.description, Methods.listNumbers.description], callers: ["python"])
        router.allow(Methods.put.name, callers: ["somebody-else"])
        return router
    }

    @Test(
        "it calls a service with wire.md, the .proto files and a key alone",
        .enabled(if: environment["ZHIKE_WIRE_PYTHON"] != nil), arguments: [TransportKind.ipc, .tcp])
    func python(_ kind: TransportKind) async throws {
        let python = try #require(Self.environment["ZHIKE_WIRE_PYTHON"])
        let descriptors = try #require(Self.environment["ZHIKE_WIRE_DESCRIPTORS"])
        let digits = String(repeating: "5c", count: 32)
        let key = try ServiceKey(parsing: "python-1:python:\(digits)")
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Python/check_wire.py").standardizedFileURL
        try await Bench.with(kind, try Self.service(), otherKeys: [key]) { bench in
            let process = Process()
            process.executableURL = URL(filePath: python)
            process.arguments = [script.path, bench.endpoint, "python-1:python:\(digits)", descriptors]
            let status = await withCheckedContinuation { continuation in
                process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
                do {
                    try process.run()
                } catch {
                    Issue.record(error)
                    process.terminationHandler = nil
                    continuation.resume(returning: -1)
                }
            }
            #expect(status == 0)
        }
    }
}
