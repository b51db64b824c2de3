internal import CNNG
internal import Dispatch
internal import Synchronization

/// Calls to one peer: a REQ socket with one dialer, held up by a watchdog.
///
/// Use one socket per replica of a suite service; choosing between replicas is the caller's. Nothing is ever sent twice
/// by itself: a call whose peer is lost ends with `connectionReset`.
public final class RequestSocket: Sendable {
    public struct Configuration: Sendable {
        public var limits = SocketLimits()
        /// Calls at a time over contexts of the pool; one more is refused with `tooManyCalls`.
        public var callLimit = 1_024
        public var watch = DialerWatch()

        public init() {}
    }

    public let endpoint: Endpoint
    private let link: RequestLink
    private let watchdog: DialerWatchdog
    private let queue: DispatchQueue
    private let callLimit: Int
    private let idle = Lock(Idle())

    private struct Idle {
        var contexts: [RequestContext] = []
        var inFlightCount = 0
    }

    /// Returns at once; the connection is made, and made again whenever it is lost, in the background.
    public init(dialing endpoint: Endpoint, configuration: Configuration = Configuration()) throws(NNGError) {
        self.endpoint = endpoint
        callLimit = configuration.callLimit
        link = try RequestLink(dialing: endpoint, limits: configuration.limits)
        queue = DispatchQueue(label: "zhike.nng.request")
        watchdog = DialerWatchdog(link, configuration.watch, queue)
        watchdog.start()
    }

    deinit {
        watchdog.stop()
        queue.async { [link] in link.closeAndWait() }
    }

    /// True while a connection stands. A call needs none to begin: it waits for one until its timeout.
    public var isConnected: Bool { link.connectionCount > 0 }

    /// A context of the caller's own, for one call at a time.
    public func openContext() throws(NNGError) -> RequestContext {
        try RequestContext(link)
    }

    /// Contexts of the pool that are taken and not given back.
    public var inFlightCount: Int { idle.withLock { $0.inFlightCount } }

    /// A context of the pool for one call, to be given back.
    ///
    /// - Throws: `tooManyCalls` where as many are taken as may be.
    public func takeContext() throws(NNGError) -> RequestContext {
        let found = idle.withLock { idle -> (mayCall: Bool, context: RequestContext?) in
            guard idle.inFlightCount < callLimit else { return (false, nil) }
            idle.inFlightCount += 1
            return (true, idle.contexts.popLast())
        }
        guard found.mayCall else { throw NNGError(.tooManyCalls, isSurelyUnsent: true) }
        if let context = found.context { return context }
        do throws(NNGError) {
            return try RequestContext(link)
        } catch {
            idle.withLock { $0.inFlightCount -= 1 }
            throw NNGError(error.code, isSurelyUnsent: true)
        }
    }

    public func giveBack(_ context: RequestContext) {
        idle.withLock { idle in
            idle.contexts.append(context)
            idle.inFlightCount -= 1
        }
    }

    /// Ends every call with `closed` and frees the socket. Safe to call again.
    public func close() async {
        watchdog.stop()
        idle.withLock { $0.contexts.removeAll() }
        await withUnsafeContinuation { continuation in
            queue.async { [link] in
                link.closeAndWait()
                continuation.resume()
            }
        }
    }
}
