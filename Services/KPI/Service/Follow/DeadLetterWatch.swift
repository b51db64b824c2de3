internal import Foundation
internal import Logging
internal import Metrics
internal import Postgres
internal import ServiceLifecycle

/// Tells how many entries of the logs no number contains: as the gauge `zhike_kpi_dead_letters`, and as an error in the
/// log whenever there are more than at the last look, also at the first after a start.
struct DeadLetterWatch: Service {
    let pool: PostgresPool
    let consumer: String
    let pause: Duration

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let gauge = Gauge(label: "zhike_kpi_dead_letters")
            var known: Int64 = 0
            while !Task.isCancelled {
                // A database that cannot be asked is told of by the follower.
                if let count = try? await DeadLetterCounting.count(consumer: consumer, in: pool) {
                    gauge.record(count)
                    if count > known {
                        pool.logger.error(
                            "Entries of the logs are not counted: look at kpi.dead_letter",
                            metadata: ["dead_letters": "\(count)"])
                    }
                    known = count
                }
                try? await Task.sleep(for: pause)
            }
        }
    }
}
