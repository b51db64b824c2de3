internal import CBaselines
internal import Contracts
internal import Dispatch
internal import Foundation
internal import RPC
internal import RPCNNGTransport

/// The servers, each in a process of its own, and their clients, connected.
struct RPCBenchmarkSides: Sendable {
    let byteCounts: RPCBenchmarkCall.ByteCounts
    private let inFlight: Int
    /// Of the sockets.
    private let folder: URL
    private let servers: [Process]
    private let client: ProfileV1.ProfileServiceClient
    private let taskClient: ProfileV1.ProfileServiceClient
    private let rawClient: Int32
    /// The raw client's calls block, and it serves one thread at a time.
    private let queue = DispatchQueue(label: "zhike.benchmark.raw")

    init(inFlight: Int) async throws {
        self.inFlight = inFlight
        byteCounts = try await RPCBenchmarkCall.byteCounts()
        folder = FileManager.default.temporaryDirectory.appending(
            path: "zhike-bench-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let ours = "ipc://\(folder.path)/ours"
        let tasks = "ipc://\(folder.path)/tasks"
        let raw = "ipc://\(folder.path)/raw"
        servers = [
            try RPCBenchmarkServer.start(.zhike, endpoint: ours),
            try RPCBenchmarkServer.start(.raw(replyByteCount: byteCounts.reply), endpoint: raw),
            try RPCBenchmarkServer.start(.tasks, endpoint: tasks),
        ]
        client = try Self.client(of: ours)
        taskClient = try Self.client(of: tasks)
        rawClient = zhike_rpc_baseline_dial(raw, Int32(inFlight), byteCounts.request)
        guard rawClient >= 0 else { throw RPCBenchmarkError("The baseline cannot dial its server.") }
    }

    private static func client(of endpoint: String) throws -> ProfileV1.ProfileServiceClient {
        ProfileV1.ProfileServiceClient(
            try NNGChannel(serviceName: "profile", endpoints: [endpoint], key: RPCBenchmarkCall.key()))
    }

    /// The processes of the servers: ours, the baseline's, and ours with tasks.
    var serverIDs: [Int32] { servers.map(\.processIdentifier) }

    /// Ends the servers, and leaves nothing of them.
    func stop() {
        for server in servers {
            server.terminate()
            server.waitUntilExit()
        }
        zhike_rpc_baseline_close(rawClient)
        try? FileManager.default.removeItem(at: folder)
    }

    // MARK: - The baseline

    /// Calls per second.
    func rawRate(_ calls: Int) async throws -> Double {
        Double(calls) / (Double(try await rawCalls(calls).nanoseconds) / 1e9)
    }

    func rawMedianMicroseconds(_ calls: Int) async throws -> Double {
        RPCBenchmark.median(try await rawCalls(calls).latencies.map { Double($0) / 1e3 })
    }

    private func rawCalls(_ calls: Int) async throws -> (nanoseconds: UInt64, latencies: [UInt64]) {
        let measured = await withCheckedContinuation { continuation in
            queue.async { [rawClient, byteCounts] in
                var latencies = [UInt64](repeating: 0, count: calls)
                let nanoseconds = zhike_rpc_baseline_call(rawClient, calls, byteCounts.reply, &latencies)
                continuation.resume(returning: (nanoseconds, latencies))
            }
        }
        guard measured.0 > 0 else { throw RPCBenchmarkError("A call of the baseline failed.") }
        return measured
    }

    // MARK: - Zhike

    /// Calls per second; each task makes one call after the other and reads the profile.
    ///
    /// - Parameter inTasks: served and made by tasks of the global executor; otherwise answered from memory, by callers
    ///   that do little between two calls and go on where their reply came in.
    func ourRate(_ calls: Int, inTasks: Bool = false) async throws -> Double {
        let start = ContinuousClock.now
        let client = inTasks ? taskClient : client
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<inFlight {
                let share = calls / inFlight + (index < calls % inFlight ? 1 : 0)
                group.addTask(executorPreference: inTasks ? nil : InlineExecutor.shared) {
                    for _ in 0..<share { try await Self.call(client) }
                }
            }
            try await group.waitForAll()
        }
        return Double(calls) / (start.duration(to: .now) / .seconds(1))
    }

    func ourMedianMicroseconds(_ calls: Int, inTasks: Bool = false) async throws -> Double {
        let client = inTasks ? taskClient : client
        let measuring = Task(executorPreference: inTasks ? nil : InlineExecutor.shared) {
            var latencies: [Double] = []
            latencies.reserveCapacity(calls)
            for _ in 0..<calls {
                let start = ContinuousClock.now
                try await Self.call(client)
                latencies.append(start.duration(to: .now) / .microseconds(1))
            }
            return latencies
        }
        return RPCBenchmark.median(try await measuring.value)
    }

    private nonisolated(nonsending) static func call(
        _ client: ProfileV1.ProfileServiceClient
    ) async throws(RPCError) {
        let reply = try await client.getCustomer(RPCBenchmarkCall.request, options: RPCBenchmarkCall.options)
        guard reply.customer?.traits.count == 20 else { throw RPCError(.dataLoss, "The reply is not the profile.") }
    }
}
