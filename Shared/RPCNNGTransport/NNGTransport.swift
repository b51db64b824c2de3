internal import NNG
internal import RPC
internal import Synchronization

/// Carries calls to the replicas of one suite service, over one socket each.
final class NNGTransport: RPCTransport {
    private let serviceName: String
    private let replicas: [Replica]
    private let turn = Atomic<Int>(0)

    init(serviceName: String, endpoints: [Endpoint], callLimit: Int) throws(NNGError) {
        self.serviceName = serviceName
        var replicas: [Replica] = []
        for endpoint in endpoints {
            replicas.append(try Replica(dialing: endpoint, callLimit: callLimit))
        }
        self.replicas = replicas
    }

    /// True while at least one replica can be reached.
    var isConnected: Bool { replicas.contains { $0.socket.isConnected } }

    nonisolated(nonsending) func exchange(
        _ frame: consuming [UInt8], deadline: ContinuousClock.Instant
    ) async throws(RPCError) -> [UInt8] {
        let replica = choose()
        let context = try takeContext(of: replica)
        defer { replica.giveBack(context) }
        do {
            let message = Message(copying: frame)
            return try await context.call(message, timeout: ContinuousClock.now.duration(to: deadline)).copyBytes()
        } catch {
            throw rpcError(for: error, isUnsent: error.isSurelyUnsent)
        }
    }

    private func takeContext(of replica: Replica) throws(RPCError) -> RequestContext {
        do {
            if let context = try replica.takeContext() { return context }
        } catch {
            throw rpcError(for: error, isUnsent: true)
        }
        throw RPCError(
            .resourceExhausted, "This process has as many calls to \(serviceName) under way as it may.",
            retryAfterMilliseconds: 100, notExecuted: true)
    }

    func close() async {
        for replica in replicas { await replica.close() }
    }

    /// The connected replica with the fewest calls in flight; where none is connected, the one with the fewest, whose
    /// call then waits for the connection. Equal ones take turns.
    private func choose() -> Replica {
        guard replicas.count > 1 else { return replicas[0] }
        let start = turn.wrappingAdd(1, ordering: .relaxed).newValue
        var best = replicas[0]
        var bestLoad = Int.max
        for offset in replicas.indices {
            let replica = replicas[Int((start &+ offset).magnitude % replicas.count.magnitude)]
            // What is not connected comes after everything that is.
            let load = replica.inFlight + (replica.socket.isConnected ? 0 : Int.max / 2)
            if load < bestLoad { (best, bestLoad) = (replica, load) }
        }
        return best
    }

    private func rpcError(for error: NNGError, isUnsent: Bool) -> RPCError {
        switch error.code {
        case .timedOut where isUnsent:
            return RPCError(
                .unavailable, "\(serviceName) could not be reached before the deadline: see that it runs.",
                notExecuted: true)
        case .timedOut:
            return RPCError(.deadlineExceeded, "\(serviceName) did not answer before the deadline.")
        case .canceled:
            return RPCError(.cancelled, "The caller gave up.", notExecuted: isUnsent)
        case .connectionReset:
            return RPCError(.unavailable, "The connection to \(serviceName) was lost.", notExecuted: isUnsent)
        case .closed:
            return RPCError(.unavailable, "The channel to \(serviceName) is closed.", notExecuted: isUnsent)
        default:
            // INTERNAL, because no other state of a socket is expected: its own words say which.
            return RPCError(.internalError, "\(serviceName) cannot be called: \(error).", notExecuted: isUnsent)
        }
    }
}
