import Contracts
import Foundation
import RPC
import RPCNNGTransport
import TestSupport
import Testing

/// Real processes: the body of an exit test runs in a process of its own, and serves until it is killed.
@Suite("Servers that are killed or stand still", .serialized)
struct KillTests {
    /// From the moment the server listens again (promise 14).
    private static let bound = Duration.seconds(5)
    private static let secret = [UInt8](repeating: 9, count: 32)

    /// Serves `Add`, which counts and gives the count, and `Echo`, which gives the process id.
    private static func serve(_ endpoint: String) async throws {
        let added = Notes<Int64>()
        var service = TestService()
        service.onAdd = { request, _ in
            added.add(request.amount)
            return TestingV1.AddResponse(total: Int64(added.all.count))
        }
        service.onEcho = { _, _ in TestingV1.EchoResponse(text: "\(ProcessInfo.processInfo.processIdentifier)") }
        let key = try ServiceKey(id: "tester-1", service: "tester", secret: secret)
        let server = try NNGServer(
            endpoints: [endpoint], router: service.router(), keys: KeyRing([key]), logger: Bench.quiet)
        try await server.run()
    }

    /// Serves in a process of its own; the task ends when that was killed.
    private static func start(_ endpoint: String) -> Task<Void, Never> {
        Task {
            await #expect(processExitsWith: .signal(SIGKILL)) { [endpoint = endpoint as String] in
                try await Self.serve(endpoint)
            }
        }
    }

    private static func client(_ endpoint: String) throws -> (TestingV1.TestingServiceClient, NNGChannel) {
        let key = try ServiceKey(id: "tester-1", service: "tester", secret: secret)
        let channel = try NNGChannel(serviceName: "testing", endpoints: [endpoint], key: key)
        return (TestingV1.TestingServiceClient(channel), channel)
    }

    /// Waits for the server, and gives the number of its process.
    private static func processID(_ client: TestingV1.TestingServiceClient) async throws -> pid_t {
        let reply = try await client.echo(TestingV1.EchoRequest(), options: CallOptions(timeout: .seconds(30)))
        return try #require(pid_t(reply.text))
    }

    /// Adds one; again where the connection was lost, as it may be while the channel still replaces the one on which
    /// nothing had answered. Each attempt may have been executed.
    private static func addOne(
        _ client: TestingV1.TestingServiceClient
    ) async throws -> (count: Int64, attempts: Int64) {
        var attempts: Int64 = 0
        while true {
            attempts += 1
            do throws(RPCError) {
                let options = CallOptions(timeout: .seconds(20))
                return (try await client.add(TestingV1.AddRequest(amount: 1), options: options).total, attempts)
            } catch {
                guard error.code == .unavailable, attempts < 5 else { throw error }
            }
        }
    }

    /// Whether every thread of the process is stopped: state `T` behind the name in parentheses, see proc(5).
    private static func standsStill(_ processID: pid_t) -> Bool {
        let threads = "/proc/\(processID)/task"
        let states = ((try? FileManager.default.contentsOfDirectory(atPath: threads)) ?? []).map { thread in
            let text = (try? String(contentsOfFile: "\(threads)/\(thread)/stat", encoding: .utf8)) ?? ""
            return text.split(separator: ")").last?.split(separator: " ").first
        }
        return !states.isEmpty && states.allSatisfy { $0 == "T" }
    }

    @Test("calls go through again after each kill -9 of the server", arguments: [TransportKind.ipc, .tcp])
    func killed(_ kind: TransportKind) async throws {
        let endpoint = kind == .tcp ? "tcp://127.0.0.1:\(Int.random(in: 20_000..<30_000))" : Bench.address(kind)
        let (client, channel) = try Self.client(endpoint)
        let rounds = TestTier.rounds(short: 3, long: 50)
        for round in 1...rounds {
            let server = Self.start(endpoint)
            // One that has seen nothing yet tells when the server is there; from then on the bound counts.
            let (fresh, freshChannel) = try Self.client(endpoint)
            let processID = try await Self.processID(fresh)
            await freshChannel.close()
            let healed = try await client.echo(.init(), options: CallOptions(timeout: Self.bound))
            #expect(healed.text == "\(processID)", "round \(round)")
            // Calls under way while the server dies end, one way or the other.
            async let underWay: Void = withTaskGroup(of: Void.self) { group in
                for number: Int64 in 0..<50 {
                    let options = CallOptions(timeout: .milliseconds(500))
                    group.addTask { _ = try? await client.add(TestingV1.AddRequest(amount: number), options: options) }
                }
            }
            kill(processID, SIGKILL)
            await underWay
            await server.value
        }
        await channel.close()
        TestTier.report("calls over \(kind): \(rounds) kills of the server, healed within \(Self.bound) each")
    }

    /// What comes of calls made at once.
    private static func outcomes(
        of count: Int, within timeout: Duration, _ client: TestingV1.TestingServiceClient
    ) async -> [RPCError.Code?] {
        await withTaskGroup(of: RPCError.Code?.self) { group in
            for number in 0..<Int64(count) {
                group.addTask {
                    do throws(RPCError) {
                        _ = try await client.add(
                            TestingV1.AddRequest(amount: number), options: CallOptions(timeout: timeout))
                        return nil
                    } catch {
                        return error.code
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("a server that stood still executes nothing whose deadline passed meanwhile")
    func frozen() async throws {
        let endpoint = Bench.address(.ipc)
        let (client, channel) = try Self.client(endpoint)
        let server = Self.start(endpoint)
        let processID = try await Self.processID(client)
        kill(processID, SIGSTOP)
        // The signal stops one thread after the other; until then the server may still execute a call.
        try await eventually("the server to stand still") { Self.standsStill(processID) }
        let thaw = ContinuousClock.now + (TestTier.isLong ? .seconds(5) : .zero)
        var outcomes: [RPCError.Code?] = []
        repeat { outcomes += await Self.outcomes(of: 40, within: .milliseconds(300), client) } while .now < thaw
        #expect(outcomes.allSatisfy { $0 == .deadlineExceeded || $0 == .unavailable })
        kill(processID, SIGCONT)
        // This call comes after the others; its count says that none of them was executed.
        let (count, attempts) = try await Self.addOne(client)
        #expect((1...attempts).contains(count))
        TestTier.report("deadlines: \(outcomes.count) calls to a frozen server, 0 executed after their deadline")
        kill(processID, SIGKILL)
        await server.value
        await channel.close()
    }
}
