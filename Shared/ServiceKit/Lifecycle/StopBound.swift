internal import Dispatch
internal import Foundation
internal import Logging
internal import ServiceLifecycle
internal import Synchronization

/// Ends the process hard when an orderly stop takes longer than it may.
///
/// It stands last in the group: the last is told first to stop. The timer is the system's, because what hangs may hold
/// all of Swift's own threads.
final class StopBound: Service {
    let bound: Duration
    let logger: Logger
    /// By the signal, and a moment later by the group that heard of it too.
    private let isTiming = Atomic(false)

    init(bound: Duration, logger: Logger) {
        self.bound = bound
        self.logger = logger
    }

    func run() async throws {
        let (stopped, continuation) = AsyncStream.makeStream(of: Void.self)
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                for await _ in stopped {}
            } onGracefulShutdown: {
                self.startTimer()
                continuation.finish()
            }
        } onCancel: {
            startTimer()
            continuation.finish()
        }
    }

    /// A signal starts the time also where none of Swift's own threads is free to hear of it, such as when all of them wait
    /// to write into a log that nobody reads.
    func watchSignals() {
        for signal in [SIGTERM, SIGINT] {
            let source = DispatchSource.makeSignalSource(
                signal: signal, queue: DispatchQueue(label: "zhike.stop.signal"))
            // It lives as long as the process.
            source.setEventHandler { withExtendedLifetime(source) { self.startTimer() } }
            source.resume()
        }
    }

    private func startTimer() {
        guard !isTiming.exchange(true, ordering: .relaxed) else { return }
        let end = DispatchTime.now() + .milliseconds(Int(bound / .milliseconds(1)))
        DispatchQueue(label: "zhike.stop.sentence").asyncAfter(deadline: end) { [logger, bound] in
            logger.critical("the stop took too long: ending hard", metadata: ["bound": "\(bound)"])
        }
        // Elsewhere, because it may be the reader of the log that stands still; and without exit handlers, which may wait
        // for what hangs.
        DispatchQueue(label: "zhike.stop").asyncAfter(deadline: end + .milliseconds(100)) {
            _exit(ServiceExit.hardStop.rawValue)
        }
    }
}

/// How a suite service's process ends.
enum ServiceExit: Int32 {
    case orderly = 0
    case failed = 1
    /// The orderly stop took too long.
    case hardStop = 70
    /// A setting is missing or wrong: starting again without a change does not help.
    case configuration = 78
}
