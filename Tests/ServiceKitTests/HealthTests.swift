import Foundation
import FoundationNetworking
import Logging
import RPC
import ServiceKit
import Synchronization
import TestSupport
import Testing

@Suite("the health port")
struct HealthTests {
    private func get(_ port: Int, _ path: String) async throws -> (status: Int, text: String) {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
        let (data, response) = try await URLSession.shared.data(from: url)
        return (try #require(response as? HTTPURLResponse).statusCode, String(decoding: data, as: UTF8.self))
    }

    @Test("it says live at once, ready when every check is well and why when not, and shows the metrics")
    func answers() async throws {
        let readiness = Readiness()
        let reason = Reason()
        readiness.add(ReadinessCheck("database") { reason.value })
        readiness.add(ReadinessCheck("profile log") { nil })
        let server = HealthServer(
            host: "127.0.0.1", port: 0, readiness: readiness, metrics: MetricsRegistry(), logger: Logger(label: "test"))
        let running = Task { try await server.run() }
        defer { running.cancel() }
        try await eventually("an open port") { server.port != nil }
        let port = try #require(server.port)
        #expect(try await get(port, "/healthz/live").status == 200)
        let refused = try await get(port, "/healthz/ready")
        #expect(refused.status == 503)
        #expect(refused.text == "not ready\ndatabase: the database does not answer\n")
        reason.set(nil)
        #expect(try await get(port, "/healthz/ready").status == 200)
        #expect(try await get(port, "/metrics").status == 200)
        #expect(try await get(port, "/other").status == 404)
    }

    @Test("a taken port ends the start with a sentence that names it")
    func taken() async throws {
        func server(_ port: Int) -> HealthServer {
            HealthServer(
                host: "127.0.0.1", port: port, readiness: Readiness(), metrics: MetricsRegistry(),
                logger: Logger(label: "test"))
        }
        let first = server(0)
        let running = Task { try await first.run() }
        defer { running.cancel() }
        try await eventually("an open port") { first.port != nil }
        let port = try #require(first.port)
        let error = await #expect(throws: RuntimeError.self) { try await server(port).run() }
        #expect(error?.message.contains("127.0.0.1:\(port) is taken") == true)
    }

    @Test("a check that minds no cancellation holds up nobody either", .timeLimit(.minutes(1)))
    func stubborn() async {
        let (asked, end) = AsyncStream.makeStream(of: Void.self)
        let readiness = Readiness()
        readiness.add(
            ReadinessCheck("stubborn") {
                // A task of its own is not cancelled with the one that waits for it.
                await Task { for await _ in asked {} }.value
                return nil
            })
        readiness.add(ReadinessCheck("quick") { "it is off" })
        #expect(await readiness.reasons() == ["stubborn": "no answer within 2.0 seconds", "quick": "it is off"])
        end.finish()
    }

    @Test("a check that does not answer is a reason and does not hold up the others")
    func silent() async {
        let readiness = Readiness()
        readiness.add(
            ReadinessCheck("silent") {
                await untilCancelled()
                return nil
            })
        #expect(await readiness.reasons() == ["silent": "no answer within 2.0 seconds"])
    }
}

private final class Reason: Sendable {
    private let reason = Mutex<String?>("the database does not answer")
    var value: String? { reason.withLock { $0 } }
    func set(_ value: String?) { reason.withLock { $0 = value } }
}
