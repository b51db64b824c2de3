internal import NNG
internal import RPC
internal import Synchronization

/// Carries calls to the replicas of one suite service, over one socket each.
final class NNGTransport: RPCTransport {
    /// One process that serves the suite service.
    private final class Replica: Sendable {
        let socket: RequestSocket
        let inFlight = Atomic<Int>(0)

        init(_ socket: RequestSocket) {
            self.socket = socket
        }
    }

    private let serviceName: String
    private let replicas: [Replica]
    private let turn = Atomic<Int>(0)

    init(
        serviceName: String, endpoints: [Endpoint], configuration: RequestSocket.Configuration
    ) throws(NNGError) {
        self.serviceName = serviceName
        var replicas: [Replica] = []
        for endpoint in endpoints {
            replicas.append(Replica(try RequestSocket(dialing: endpoint, configuration: configuration)))
        }
        self.replicas = replicas
    }

    /// True while at least one replica can be reached.
    var isConnected: Bool { replicas.contains { $0.socket.isConnected } }

    func exchange(
        _ frame: consuming [UInt8], deadline: ContinuousClock.Instant
    ) async throws(RPCError) -> [UInt8] {
        let replica = choose()
        replica.inFlight.add(1, ordering: .relaxed)
        defer { replica.inFlight.subtract(1, ordering: .relaxed) }
        do {
            let reply = try await replica.socket.call(
                Message(copying: frame), timeout: ContinuousClock.now.duration(to: deadline))
            return reply.copyBytes()
        } catch {
            throw rpcError(for: error)
        }
    }

    func close() async {
        for replica in replicas { await replica.socket.close() }
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
            let load = replica.inFlight.load(ordering: .relaxed) + (replica.socket.isConnected ? 0 : Int.max / 2)
            if load < bestLoad { (best, bestLoad) = (replica, load) }
        }
        return best
    }

    private func rpcError(for error: NNGError) -> RPCError {
        let unsent = error.isSurelyUnsent
        switch error.code {
        case .timedOut where unsent:
            return RPCError(
                .unavailable, "\(serviceName) could not be reached before the deadline: see that it runs.",
                notExecuted: true)
        case .timedOut:
            return RPCError(.deadlineExceeded, "\(serviceName) did not answer before the deadline.")
        case .canceled:
            return RPCError(.cancelled, "The caller gave up.", notExecuted: unsent)
        case .connectionReset:
            return RPCError(.unavailable, "The connection to \(serviceName) was lost.", notExecuted: unsent)
        case .closed:
            return RPCError(.unavailable, "The channel to \(serviceName) is closed.", notExecuted: unsent)
        case .tooManyCalls:
            return RPCError(
                .resourceExhausted, "This process has as many calls to \(serviceName) under way as it may.",
                retryAfterMilliseconds: 100, notExecuted: true)
        case .messageTooLong:
            return RPCError(.invalidArgument, "The request to \(serviceName) is too long.", notExecuted: unsent)
        default:
            // INTERNAL, because no other state of a socket is expected: its own words say which.
            return RPCError(.internalError, "\(serviceName) cannot be called: \(error).", notExecuted: unsent)
        }
    }
}
