internal import NNG
internal import RPC
internal import Synchronization

/// Carries calls to the replicas of one suite service, over one socket each.
final class NNGTransport: RPCTransport {
    /// A replica and what bundles the calls to it.
    private struct Line {
        let replica: Replica
        let bundler: Bundler
    }

    private let serviceName: String
    private let lines: [Line]
    private let turn = Atomic<Int>(0)

    init(serviceName: String, endpoints: [Endpoint], callLimit: Int) throws(NNGError) {
        self.serviceName = serviceName
        var lines: [Line] = []
        for endpoint in endpoints {
            let replica = try Replica(dialing: endpoint, callLimit: callLimit)
            lines.append(
                Line(
                    replica: replica,
                    bundler: Bundler(replica, serviceName: serviceName, waitingLimit: callLimit)))
        }
        self.lines = lines
    }

    /// True while at least one replica can be reached.
    var isConnected: Bool { lines.contains { $0.replica.socket.isConnected } }

    /// Calls that wait to travel together.
    var waitingCount: Int { lines.reduce(0) { $0 + $1.bundler.waitingCount } }

    nonisolated(nonsending) func exchange(
        _ frame: consuming [UInt8], deadline: ContinuousClock.Instant
    ) async throws(RPCError) -> [UInt8] {
        try await exchange(frame, over: choose().replica, deadline)
    }

    nonisolated(nonsending) func exchangeInBundle(
        _ frame: consuming [UInt8], deadline: ContinuousClock.Instant
    ) async throws(RPCError) -> [UInt8] {
        let line = choose()
        guard frame.count <= Bundle.longestItemByteCount else {
            return try await exchange(frame, over: line.replica, deadline)
        }
        guard line.bundler.enter() else { return try await line.bundler.carry(frame, deadline: deadline) }
        defer { line.bundler.leave() }
        return try await exchange(frame, over: line.replica, deadline)
    }

    private nonisolated(nonsending) func exchange(
        _ frame: consuming [UInt8], over replica: Replica, _ deadline: ContinuousClock.Instant
    ) async throws(RPCError) -> [UInt8] {
        let context = try takeContext(of: replica)
        defer { replica.giveBack(context) }
        do {
            let message = Message(copying: frame)
            return try await context.call(message, timeout: ContinuousClock.now.duration(to: deadline)).copyBytes()
        } catch {
            throw NNGFailures.rpcError(for: error, of: serviceName, isUnsent: error.isSurelyUnsent)
        }
    }

    private func takeContext(of replica: Replica) throws(RPCError) -> RequestContext {
        do {
            if let context = try replica.takeContext() { return context }
        } catch {
            throw NNGFailures.rpcError(for: error, of: serviceName, isUnsent: true)
        }
        throw NNGFailures.tooManyCalls(to: serviceName)
    }

    func close() async {
        for line in lines { await line.replica.close() }
    }

    /// The connected replica with the fewest calls in flight; where none is connected, the one with the fewest, whose
    /// call then waits for the connection. Equal ones take turns.
    private func choose() -> Line {
        guard lines.count > 1 else { return lines[0] }
        let start = turn.wrappingAdd(1, ordering: .relaxed).newValue
        var best = lines[0]
        var bestLoad = Int.max
        for offset in lines.indices {
            let line = lines[Int((start &+ offset).magnitude % lines.count.magnitude)]
            // What is not connected comes after everything that is.
            let load =
                line.replica.inFlight + line.bundler.waitingCount + (line.replica.socket.isConnected ? 0 : Int.max / 2)
            if load < bestLoad { (best, bestLoad) = (line, load) }
        }
        return best
    }
}
