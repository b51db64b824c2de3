internal import EventLog
internal import Logging
internal import Postgres
internal import ServiceKit
internal import ServiceLifecycle

/// Writes into segmentation.log who entered and who exited by each freeze, in the order of the freezes and after them: a
/// few partitions in each transaction, so that it may be killed anywhere.
struct MembershipLog: Sendable {
    let pool: PostgresPool
    /// Wakes those who follow the log.
    let notifier: LogNotifier

    private static let lookPause = Duration.milliseconds(25)

    /// Logs the next part. Says whether there was one.
    func step() async throws -> Bool {
        let wasThere = try await pool.transaction { connection in
            // Held from here on: replicas wait for one another.
            guard let part = try await MembershipStorage.takePart(in: connection) else { return false }
            let changes = try await MembershipStorage.changes(of: part, in: connection)
            try await MembershipStorage.finish(part, in: connection)
            // Last in its transaction, as appending must be.
            try await EventLogWriter(schema: Segmentation.log).append(
                try MembershipEntries.entries(of: part, changes), in: connection)
            return true
        }
        if wasThere { notifier.signal() }
        return wasThere
    }

    /// Waits until what was frozen before is logged, and helps with it.
    func catchUp(deadline: ContinuousClock.Instant) async throws {
        guard
            let newest = try await pool.withConnection(
                deadline: deadline, { try await MembershipStorage.newestTask(in: $0) })
        else { return }
        while try await !pool.withConnection(
            deadline: deadline, { try await MembershipStorage.isLogged(upTo: newest, in: $0) })
        {
            // None where somebody else has just done it: the next may be there all the same.
            if try await !step() { try await Task.sleep(for: Self.lookPause) }
        }
    }
}

/// Logs freezes as soon as they are done, and what an earlier process left.
final class MembershipLogger: Service, Sendable {
    let log: MembershipLog
    private let logger: Logger
    private let loop = StepLoop(every: .seconds(1))

    init(_ log: MembershipLog, logger: Logger) {
        self.log = log
        self.logger = logger
    }

    /// Somebody has frozen a segment. Never waits.
    func wake() { loop.wake() }

    func run() async throws {
        await loop.run { [log] in
            try await log.step()
        } onFailure: { [logger] error in
            let reason = (error as? PostgresError)?.description ?? String(reflecting: type(of: error))
            logger.warning(
                "who entered and exited could not be logged for the moment", metadata: ["error": "\(reason)"])
        }
    }
}
