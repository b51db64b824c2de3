internal import Logging
internal import Synchronization

/// The one connection of a process that listens, shared by all who wait for wake-ups of one database.
///
/// It begins with the first listener and ends with the last. After each (re)connect every listener is woken once,
/// because what was sent in between is lost.
final class NotificationHub: Sendable {
    private struct Listener {
        var channel: String
        var continuation: AsyncStream<String>.Continuation
    }

    private struct State {
        var listeners: [UInt64: Listener] = [:]
        var nextID: UInt64 = 0
        var task: Task<Void, Never>?
        /// Counts the tasks: one that was told to end may still be connecting while the next one listens.
        var taskNumber: UInt64 = 0
        /// Bumped when a channel is added, so that the task listens to it too.
        var changes: AsyncStream<Void>.Continuation?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let configuration: PostgresConfiguration
    private let logger: Logger

    init(configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    func listen(to channel: String) -> AsyncStream<String> {
        // One is enough: a wake-up says "look", not what there is.
        let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { state in
            guard !state.isClosed else { return continuation.finish() }
            let id = state.nextID
            state.nextID += 1
            state.listeners[id] = Listener(channel: channel, continuation: continuation)
            continuation.onTermination = { [weak self] _ in self?.remove(id) }
            if state.task == nil {
                state.taskNumber += 1
                let number = state.taskNumber
                state.task = Task { await self.run(number) }
            } else {
                state.changes?.yield()
            }
        }
        return stream
    }

    func close() {
        let (listeners, task) = state.withLock { state in
            state.isClosed = true
            defer { state.listeners = [:] }
            return (state.listeners, state.task)
        }
        task?.cancel()
        for listener in listeners.values { listener.continuation.finish() }
    }

    private func remove(_ id: UInt64) {
        let task: Task<Void, Never>? = state.withLock { state in
            state.listeners[id] = nil
            guard state.listeners.isEmpty else { return nil }
            defer { state.task = nil }
            return state.task
        }
        task?.cancel()
    }

    // MARK: The task

    /// Ends with the last listener or with `close()`.
    private func run(_ number: UInt64) async {
        var pause = Duration.milliseconds(50)
        while !Task.isCancelled {
            do {
                try await listenOnce(number)
                pause = .milliseconds(50)
            } catch {
                logger.debug("Listening to the database ended", metadata: ["error": "\(error)"])
            }
            do { try await Task.sleep(for: pause) } catch { return }
            pause = min(pause * 2, .seconds(1))
        }
    }

    /// Listens until the connection ends or the task is cancelled.
    private func listenOnce(_ number: UInt64) async throws {
        let connection = try await PostgresConnection.connect(configuration)
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        defer { connection.closeSoon() }
        let isWanted = state.withLock { state in
            guard state.taskNumber == number else { return false }
            state.changes = continuation
            return true
        }
        guard isWanted else { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            var known: Set<String> = []
            continuation.yield()
            for await _ in changes {
                let wanted = state.withLock { Set($0.listeners.values.map(\.channel)) }
                for channel in wanted.subtracting(known) {
                    let stream = try await connection.listen(channel)
                    known.insert(channel)
                    wake(channel, "")
                    group.addTask { [weak self] in
                        for await payload in stream { self?.wake(channel, payload) }
                        // The connection ended: so does the waiting for changes.
                        continuation.finish()
                    }
                }
            }
            group.cancelAll()
        }
    }

    private func wake(_ channel: String, _ payload: String) {
        let listeners = state.withLock { $0.listeners.values.filter { $0.channel == channel } }
        for listener in listeners { listener.continuation.yield(payload) }
    }
}

extension PostgresPool {
    /// Wake-ups sent to `channel`, until the stream is dropped or the pool closed. At most one is kept for a busy
    /// reader; an empty one comes after every (re)connect, because those sent meanwhile are lost.
    public func wakeUps(on channel: String) -> AsyncStream<String> {
        notifications.listen(to: channel)
    }
}
