internal import EventLog
internal import ServiceLifecycle

/// Wakes workers and followers once a batch of the profile log that wrote something is committed, and not before: a worker
/// that looks earlier finds nothing.
final class TriggerWakeUps: Service, Sendable {
    private let positions: AsyncStream<LogPosition>
    private let continuation: AsyncStream<LogPosition>.Continuation
    private let consumer: LogConsumer
    private let afterCommit: @Sendable () -> Void

    init(
        _ stream: (stream: AsyncStream<LogPosition>, continuation: AsyncStream<LogPosition>.Continuation),
        consumer: LogConsumer, afterCommit: @escaping @Sendable () -> Void
    ) {
        positions = stream.stream
        continuation = stream.continuation
        self.consumer = consumer
        self.afterCommit = afterCommit
    }

    func run() async throws {
        for await position in positions.cancelOnGracefulShutdown() {
            // A transaction that was undone is offered again, and then tells again; so a missed wake-up costs a moment.
            try? await consumer.waitUntilApplied(position, deadline: .now + .seconds(1))
            afterCommit()
        }
    }
}
