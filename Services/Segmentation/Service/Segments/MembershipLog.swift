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

    /// A replica that stands still between two statements loses the part it took, so that another can go on with it.
    static func options(deadline: ContinuousClock.Instant? = nil) -> TransactionOptions {
        TransactionOptions(deadline: deadline, idleTimeout: .seconds(4))
    }

    /// Logs the next part. Says whether it did: not where there is none, nor where somebody else is at it, for whom no
    /// connection waits.
    func step(deadline: ContinuousClock.Instant? = nil) async throws -> Bool {
        let wasThere: Bool
        do {
            wasThere = try await logPart(Self.options(deadline: deadline))
        } catch let error as PostgresError where error.sqlState == MembershipStorage.takenState {
            return false
        }
        if wasThere { notifier.signal() }
        return wasThere
    }

    private func logPart(_ options: TransactionOptions) async throws -> Bool {
        try await pool.transaction(options) { connection in
            // Held from here on.
            guard let part = try await MembershipStorage.takePart(in: connection) else { return false }
            let changes = try await MembershipStorage.changes(of: part, in: connection)
            try await MembershipStorage.finish(part, in: connection)
            // Last in its transaction, as appending must be.
            try await EventLogWriter(schema: Segmentation.log).append(
                try MembershipEntries.entries(of: part, changes), in: connection)
            return true
        }
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
            // Not where somebody else is at it, or has just done it: the next may be there all the same.
            if try await !step(deadline: deadline) { try await Task.sleep(for: Self.lookPause) }
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
