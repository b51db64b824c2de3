internal import EventLog
internal import Logging
internal import Postgres
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
        // What is appended is selected twice, and must be the same. Replicas at once meet a conflict here, and repeat.
        let options = TransactionOptions(isolation: .repeatableRead)
        let wasThere = try await pool.transaction(options) { connection in
            guard let part = try await MembershipStorage.takePart(in: connection) else { return false }
            var bodies: [String: [UInt8]] = [:]
            for office in try await MembershipStorage.offices(of: part, in: connection) {
                bodies[office] = try MembershipEntries.body(of: part, officePath: office)
            }
            try await MembershipStorage.finish(part, in: connection)
            guard !bodies.isEmpty else { return true }
            // Last in its transaction, as appending must be.
            try await EventLogWriter(schema: Segmentation.log).append(
                selecting: MembershipStorage.entries(of: part, bodies: bodies), recordedAt: part.at, in: connection)
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
            do {
                if try await step() { continue }
            } catch let error as PostgresError where error.isRetryableConflict {
                // Somebody else is at it.
            }
            try await Task.sleep(for: Self.lookPause)
        }
    }
}

/// Logs freezes as soon as they are done, and what an earlier process left.
final class MembershipLogger: Service, Sendable {
    let log: MembershipLog
    private let logger: Logger
    private let looks: AsyncStream<Void>
    private let look: AsyncStream<Void>.Continuation

    private static let lookInterval = Duration.seconds(1)

    init(_ log: MembershipLog, logger: Logger) {
        self.log = log
        self.logger = logger
        // One is enough: whoever is woken looks at everything.
        (looks, look) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Somebody has frozen a segment. Never waits.
    func wake() { look.yield() }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.tick() }
                group.addTask { await self.follow() }
                await group.waitForAll()
            }
        }
    }

    private func tick() async {
        look.yield()
        while true {
            do { try await Task.sleep(for: Self.lookInterval) } catch { return look.finish() }
            look.yield()
        }
    }

    private func follow() async {
        for await _ in looks {
            do {
                while try await log.step() {}
            } catch is CancellationError {
                return
            } catch {
                logger.warning(
                    "who entered and exited could not be logged for the moment",
                    metadata: [
                        "error": "\((error as? PostgresError)?.description ?? String(reflecting: type(of: error)))"
                    ])
            }
        }
    }
}
