import RPC
import Synchronization

/// Counts what goes through another transport.
final class CountingTransport: RPCTransport {
    private let inner: any RPCTransport
    private let ended = Atomic<Int>(0)

    init(_ inner: any RPCTransport) {
        self.inner = inner
    }

    /// Exchanges that are over.
    var endedCount: Int { ended.load(ordering: .relaxed) }

    nonisolated(nonsending) func exchange(_ frame: consuming [UInt8], deadline: ContinuousClock.Instant)
        async throws(RPCError) -> [UInt8]
    {
        defer { ended.add(1, ordering: .relaxed) }
        return try await inner.exchange(frame, deadline: deadline)
    }
}

/// Fails as a test says before it lets calls through to a transport that works.
final class FailingTransport: RPCTransport {
    private let inner: any RPCTransport
    private let failures: Mutex<[RPCError]>
    private let seen = Mutex<[[UInt8]]>([])

    /// - Parameter failures: the outcome of the first exchanges, in order.
    init(_ inner: any RPCTransport, failures: [RPCError]) {
        self.inner = inner
        self.failures = Mutex(failures)
    }

    /// Every frame that was handed over.
    var frames: [[UInt8]] { seen.withLock { $0 } }

    nonisolated(nonsending) func exchange(_ frame: consuming [UInt8], deadline: ContinuousClock.Instant)
        async throws(RPCError) -> [UInt8]
    {
        let sent = frame
        seen.withLock { $0.append(sent) }
        let failure = failures.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let failure { throw failure }
        return try await inner.exchange(sent, deadline: deadline)
    }
}

/// Answers every call with what a closure makes of its bytes.
struct ForgingTransport: RPCTransport {
    let forge: @Sendable ([UInt8]) async throws(RPCError) -> [UInt8]

    nonisolated(nonsending) func exchange(_ frame: consuming [UInt8], deadline: ContinuousClock.Instant)
        async throws(RPCError) -> [UInt8]
    {
        try await forge(frame)
    }
}
