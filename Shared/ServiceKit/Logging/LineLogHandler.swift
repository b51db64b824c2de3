public import Foundation
public import Logging

/// Writes each log entry as one line to standard error: JSON for machines, text for a terminal.
public struct LineLogHandler: LogHandler {
    public enum Format: String, Sendable {
        case json
        case text
    }

    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level

    private let label: String
    private let format: Format
    private let write: @Sendable (String) -> Void

    /// - Parameter write: gets a whole line with its end. The default gives it to standard error in one write, so that
    ///   lines of several threads do not mix.
    public init(
        label: String, format: Format, level: Logger.Level,
        write: @escaping @Sendable (String) -> Void = { line in
            try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
        }
    ) {
        self.label = label
        self.format = format
        logLevel = level
        self.write = write
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var all = metadataProvider?.get() ?? [:]
        all.merge(metadata) { _, own in own }
        all.merge(event.metadata ?? [:]) { _, own in own }
        // Who logs an error sees to it that its description holds no SQL and no personal data; what looks like the
        // latter all the same is masked below.
        if let error = event.error { all["error"] = "\(error)" }
        let line = LogLine(
            date: Date(), level: event.level, label: label, message: event.message.description, metadata: all)
        write(format == .json ? line.json : line.text)
    }
}
