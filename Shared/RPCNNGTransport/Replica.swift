internal import NNG
internal import Synchronization

/// One process that serves the suite service: a socket, and contexts to call it with.
final class Replica: Sendable {
    private struct Contexts {
        var idle: [RequestContext] = []
        var inFlight = 0
    }

    let socket: RequestSocket
    private let callLimit: Int
    private let contexts = Mutex(Contexts())

    init(dialing endpoint: Endpoint, callLimit: Int) throws(NNGError) {
        socket = try RequestSocket(dialing: endpoint)
        self.callLimit = callLimit
    }

    var inFlight: Int { contexts.withLock { $0.inFlight } }

    /// A context for one call, to be given back; nil where as many calls are in flight as may be.
    func takeContext() throws(NNGError) -> RequestContext? {
        let found = contexts.withLock { contexts -> (mayCall: Bool, context: RequestContext?) in
            guard contexts.inFlight < callLimit else { return (false, nil) }
            contexts.inFlight += 1
            return (true, contexts.idle.popLast())
        }
        guard found.mayCall else { return nil }
        if let context = found.context { return context }
        do throws(NNGError) {
            return try socket.openContext()
        } catch {
            contexts.withLock { $0.inFlight -= 1 }
            throw error
        }
    }

    func giveBack(_ context: RequestContext) {
        contexts.withLock { contexts in
            contexts.idle.append(context)
            contexts.inFlight -= 1
        }
    }

    /// Ends every call and frees the connection.
    func close() async {
        contexts.withLock { $0.idle = [] }
        await socket.close()
    }
}
