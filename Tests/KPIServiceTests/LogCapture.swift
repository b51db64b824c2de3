internal import Logging
internal import Synchronization

/// Keeps everything that is logged, at every level.
final class LogCapture: Sendable {
    private let lines = Mutex<[String]>([])

    /// "warning A lease was not renewed", without metadata.
    func count(_ start: String) -> Int { lines.withLock { $0.count { $0.hasPrefix(start) } } }

    var logger: Logger {
        var logger = Logger(label: "test", factory: { _ in Handler(capture: self) })
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let capture: LogCapture
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            capture.lines.withLock { $0.append("\(event.level) \(event.message)") }
        }
    }
}
