internal import Logging

/// Sends the log of the whole process to standard error in the configured form.
public enum LoggingSetup {
    /// Once for a process, before the first logger is made.
    public static func bootstrap(_ configuration: ServiceConfiguration) throws {
        let format = LineLogHandler.Format(rawValue: try configuration.value(StandardSettings.logFormat)) ?? .json
        let level = Logger.Level(rawValue: try configuration.value(StandardSettings.logLevel)) ?? .info
        LoggingSystem.bootstrap { label in LineLogHandler(label: label, format: format, level: level) }
    }
}
