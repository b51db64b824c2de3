import Dispatch
import Testing

@testable import RPC

@Suite("A task that waits for a call in a bundle")
struct IsolationTests {
    /// Ends each call on another thread than the one it was started on.
    private final class LateTransport: BundlingTransport {
        let serviceName = "late"

        nonisolated(nonsending) func exchange(
            _ frame: consuming [UInt8], deadline: ContinuousClock.Instant
        ) async throws(RPCError) -> [UInt8] {
            throw RPCError(.unimplemented, "Only bundles.")
        }

        func start(_ call: BundledCall) {
            DispatchQueue.global().async { call.end(.failure(RPCError(.unavailable, "Later."))) }
        }
    }

    /// Runs what belongs to an actor on one queue, which knows itself.
    private final class QueueExecutor: SerialExecutor {
        private static let isHere = DispatchSpecificKey<Bool>()
        private let queue = DispatchQueue(label: "zhike.test.isolation")

        init() { queue.setSpecific(key: Self.isHere, value: true) }

        static var isCurrent: Bool { DispatchQueue.getSpecific(key: isHere) == true }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
        }
    }

    private actor Caller {
        private nonisolated let executor = QueueExecutor()
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

        /// Whether the task was where it belongs before and after a call.
        func call(over transport: LateTransport) async -> [Bool] {
            let before = QueueExecutor.isCurrent
            await #expect(throws: RPCError.self) { _ = try await transport.exchange(BundlePart(body: [1])) }
            return [before, QueueExecutor.isCurrent]
        }
    }

    @Test("goes on in its actor, whoever ended the call")
    func actors() async {
        let (caller, transport) = (Caller(), LateTransport())
        for _ in 0..<200 { #expect(await caller.call(over: transport) == [true, true]) }
    }
}
