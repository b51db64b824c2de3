internal import NNG
internal import RPC
internal import Synchronization

/// Carries calls to the replicas of one suite service, over one socket each.
final class NNGTransport: BundlingTransport {
    /// How long a call waits for the connection of the replica that was chosen for it before another is chosen.
    private static let longestWaitForReplica = Duration.milliseconds(100)

    let serviceName: String
    /// nil where there is no other replica to choose.
    private let sendingLimit: Duration?
    /// One for each replica.
    private let bundlers: [Bundler]
    /// Where there is one replica, as nearly everywhere.
    private let only: Bundler?
    private let turn = Atomic<Int>(0)

    /// - Parameter key: signs the bundles.
    init(serviceName: String, endpoints: [Endpoint], key: ServiceKey, callLimit: Int) throws(NNGError) {
        self.serviceName = serviceName
        sendingLimit = endpoints.count > 1 ? Self.longestWaitForReplica : nil
        var configuration = RequestSocket.Configuration()
        configuration.callLimit = callLimit
        let sealer = BundleSealer(key)
        var bundlers: [Bundler] = []
        for endpoint in endpoints {
            bundlers.append(
                Bundler(
                    try RequestSocket(dialing: endpoint, configuration: configuration), serviceName: serviceName,
                    waitingLimit: callLimit, sendingLimit: sendingLimit, sealer: sealer))
        }
        self.bundlers = bundlers
        only = bundlers.count == 1 ? bundlers[0] : nil
    }

    /// True while at least one replica can be reached.
    var isConnected: Bool { bundlers.contains { $0.replica.isConnected } }

    /// Messages under way.
    var inFlightCount: Int { bundlers.reduce(0) { $0 + $1.replica.inFlightCount } }

    /// Calls that wait to travel together.
    var waitingCount: Int { bundlers.reduce(0) { $0 + $1.waitingCount } }

    nonisolated(nonsending) func exchange(
        _ frame: consuming [UInt8], deadline: ContinuousClock.Instant
    ) async throws(RPCError) -> [UInt8] {
        while true {
            if let reply = try await exchange(frame, over: choose().replica, deadline) { return reply }
        }
    }

    func start(_ call: BundledCall) {
        choose().wait(call)
    }

    /// nil where the replica has lost its connection since it was chosen: the call has not left, and may take another.
    private nonisolated(nonsending) func exchange(
        _ frame: [UInt8], over replica: RequestSocket, _ deadline: ContinuousClock.Instant
    ) async throws(RPCError) -> [UInt8]? {
        let context = try takeContext(of: replica)
        defer { replica.giveBack(context) }
        do {
            let timeout = ContinuousClock.now.duration(to: deadline)
            return try await context.call(Message(copying: frame), timeout: timeout, sendingLimit: sendingLimit)
                .copyBytes()
        } catch  where error.code == .timedOut && error.isSurelyUnsent && ContinuousClock.now < deadline {
            return nil
        } catch {
            throw NNGFailures.rpcError(for: error, of: serviceName, isUnsent: error.isSurelyUnsent)
        }
    }

    private func takeContext(of replica: RequestSocket) throws(RPCError) -> RequestContext {
        do {
            return try replica.takeContext()
        } catch {
            throw NNGFailures.rpcError(for: error, of: serviceName, isUnsent: true)
        }
    }

    func close() async {
        for bundler in bundlers { await bundler.close() }
    }

    /// The connected replica with the fewest calls in flight; where none is connected, the one with the fewest, whose
    /// call then waits for the connection. Equal ones take turns.
    private func choose() -> Bundler {
        if let only { return only }
        let start = turn.wrappingAdd(1, ordering: .relaxed).newValue
        var best = bundlers[0]
        var bestLoad = Int.max
        for offset in bundlers.indices {
            let bundler = bundlers[Int((start &+ offset).magnitude % bundlers.count.magnitude)]
            // What is not connected comes after everything that is.
            let load =
                bundler.replica.inFlightCount + bundler.waitingCount
                + (bundler.replica.isConnected ? 0 : Int.max / 2)
            if load < bestLoad { (best, bestLoad) = (bundler, load) }
        }
        return best
    }
}
