internal import CNNG

/// A socket of NNG with its bounds set. Whoever opens it calls `closeAndWait` once.
struct Socket: Sendable {
    let handle: nng_socket
    let census: ConnectionCensus

    static func openRequest(_ limits: SocketLimits) throws(NNGError) -> Socket {
        let socket = try Socket(limits, open: nng_req0_open)
        // Off before any context exists, which copies it: else a call runs twice when its peer drops or is slow.
        try socket.configure { nng_socket_set_ms($0, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE) }
        return socket
    }

    static func openReply(_ limits: SocketLimits) throws(NNGError) -> Socket {
        try Socket(limits, open: nng_rep0_open)
    }

    private init(_ limits: SocketLimits, open: (UnsafeMutablePointer<nng_socket>?) -> Int32) throws(NNGError) {
        try DroppedOperations.require()
        LibraryThreads.start()
        var handle = nng_socket()
        try NNGError.check(open(&handle), "opening a socket")
        self.handle = handle
        census = ConnectionCensus(limit: Descriptors.connectionLimit(wanted: limits.connectionLimit))
        do throws(NNGError) {
            try census.attach(to: handle)
        } catch {
            closeAndWait()
            throw error
        }
        try configure { nng_socket_set_size($0, NNG_OPT_RECVMAXSZ, limits.receiveByteLimit) }
        try configure { nng_socket_set_bool($0, NNG_OPT_TCP_KEEPALIVE, true) }
        try configure { nng_socket_set_ms($0, NNG_OPT_RECONNMINT, 50) }
        try configure { nng_socket_set_ms($0, NNG_OPT_RECONNMAXT, 2_000) }
    }

    private func configure(_ set: (nng_socket) -> Int32) throws(NNGError) {
        let result = set(handle)
        guard result != 0 else { return }
        closeAndWait()
        try NNGError.check(result, "configuring a socket")
    }

    /// Blocks until every connection, dialer and listener is gone; operations in flight end with `closed`.
    /// Never from a callback of NNG, nor from the cooperative pool.
    func closeAndWait() {
        nng_close(handle)
        census.releaseAfterClosing()
    }
}
