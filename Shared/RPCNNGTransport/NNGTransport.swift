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

    /// How long a call waits for the connection of the replica that was chosen for it before another is chosen.
    private static let longestWaitForReplica = Duration.milliseconds(100)

    private let serviceName: String
    /// nil where there is no other replica to choose.
    private let sendingLimit: Duration?
    private let lines: [Line]
    private let turn = Atomic<Int>(0)

    init(serviceName: String, endpoints: [Endpoint], callLimit: Int) throws(NNGError) {
        self.serviceName = serviceName
        sendingLimit = endpoints.count > 1 ? Self.longestWaitForReplica : nil
        var lines: [Line] = []
        for endpoint in endpoints {
            let replica = try Replica(dialing: endpoint, callLimit: callLimit)
            lines.append(
                Line(
                    replica: replica,
                    bundler: Bundler(
                        replica, serviceName: serviceName, waitingLimit: callLimit, sendingLimit: sendingLimit)))
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
        while true {
            if let reply = try await exchange(frame, over: choose().replica, deadline) { return reply }
        }
    }

    nonisolated(nonsending) func exchangeInBundle(
        _ frame: consuming [UInt8], deadline: ContinuousClock.Instant
    ) async throws(RPCError) -> [UInt8] {
        guard frame.count <= Bundle.longestItemByteCount else { return try await exchange(frame, deadline: deadline) }
        while true {
            let line = choose()
            guard line.bundler.enter() else { return try await line.bundler.carry(frame, deadline: deadline) }
            defer { line.bundler.leave() }
            if let reply = try await exchange(frame, over: line.replica, deadline) { return reply }
        }
    }

    /// nil where the replica has lost its connection since it was chosen: the call has not left, and may take another.
    private nonisolated(nonsending) func exchange(
        _ frame: [UInt8], over replica: Replica, _ deadline: ContinuousClock.Instant
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
