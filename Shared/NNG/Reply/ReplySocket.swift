internal import CNNG
internal import Dispatch
internal import Synchronization

/// Serves calls: a REP socket with its listeners, each held up by a watchdog, and one context per call in service.
///
/// REP reads nothing while every context works, and then can refuse nothing: open some contexts more than calls may run
/// (PITFALLS: 32) and refuse from those.
///
/// To stop: `stopReceiving`, let the calls in service end within a bound, `close`.
public final class ReplySocket: Sendable {
    public struct Configuration: Sendable {
        public var limits = SocketLimits()
        /// A peer that does not take its reply for so long loses its connection.
        public var replyTimeout = Duration.seconds(2)
        public var watch = ListenerWatch()

        public init() {}
    }

    private let link: ReplyLink
    private let watch: ListenerWatch
    private let queue = DispatchQueue(label: "zhike.nng.reply")
    private let parts = Lock(Parts())

    private struct Parts {
        var contexts: [ReplyContext] = []
        var listeners: [Listener] = []
    }

    public init(configuration: Configuration = Configuration()) throws(NNGError) {
        link = try ReplyLink(limits: configuration.limits, replyTimeout: configuration.replyTimeout)
        watch = configuration.watch
    }

    deinit {
        let listeners = parts.withLock { $0.listeners }
        queue.async { [link] in
            for listener in listeners { listener.stopWatching() }
            link.closeAndWait()
            for listener in listeners { listener.releaseLock() }
        }
    }

    /// Connections that stand.
    public var connectionCount: Int { link.socket.census.openCount }

    /// Connections ever made, those of watchdogs and those above the limit included.
    public var arrivalCount: Int { link.socket.census.arrivalCount }

    /// Connections closed because there were too many.
    public var refusalCount: Int { link.socket.census.refusalCount }

    /// Listens on one more endpoint. Blocks shortly; an `ipc://` folder is made if there is none.
    ///
    /// - Throws: `addressInUse` where another process serves the endpoint, `permissionDenied` where the folder of an
    ///   ipc endpoint is open to others.
    @discardableResult
    public func listen(on endpoint: Endpoint) throws(NNGError) -> Listener {
        let listener = try Listener(link.socket, endpoint, watch)
        parts.withLock { $0.listeners.append(listener) }
        return listener
    }

    /// The socket keeps its contexts until it is closed.
    public func openContext() throws(NNGError) -> ReplyContext {
        let context = try ReplyContext(link)
        parts.withLock { $0.contexts.append(context) }
        return context
    }

    /// Takes no new request from now on: whoever waits for one gets `closed`. Requests in service are replied to.
    public func stopReceiving() {
        link.isStopping.store(true, ordering: .relaxed)
        for context in parts.withLock({ $0.contexts }) { context.endReceiving() }
    }

    /// Closes listeners, connections and contexts; operations in flight end with `closed`. Safe to call again.
    public func close() async {
        stopReceiving()
        let listeners = parts.withLock { parts -> [Listener] in
            parts.contexts.removeAll()
            return parts.listeners
        }
        await withUnsafeContinuation { continuation in
            queue.async { [link] in
                for listener in listeners { listener.stopWatching() }
                link.closeAndWait()
                for listener in listeners { listener.releaseLock() }
                continuation.resume()
            }
        }
    }
}
