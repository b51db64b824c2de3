public import RPC

/// The settings of one process, read once at the start: flags, then environment, then file, then defaults.
public struct ServiceConfiguration: Sendable {
    /// The suite service, such as `profile`.
    public let serviceName: String
    public let settings: [any AnySetting]
    /// The first that knows a key decides.
    private let sources: [ConfigurationSource]

    /// Reads and checks all sources. Every declared setting is looked at, so that a wrong one stops the start and not
    /// the first call that needs it.
    ///
    /// - Parameters:
    ///   - settings: what may be set; whatever else is found is refused with a sentence that names it.
    ///   - arguments: without the program's name; `--config FILE` and `--print-config` are taken out by the runner.
    /// - Throws: `RuntimeError` of `.configurationInvalid`.
    public init(
        serviceName: String, settings: [any AnySetting], arguments: [String] = [], environment: [String: String] = [:],
        file: String? = nil
    ) throws(RuntimeError) {
        self.serviceName = serviceName
        self.settings = settings
        var sources = [
            try ConfigurationSource.flags(arguments, known: settings),
            try ConfigurationSource.environment(environment, known: settings),
        ]
        if let file { sources.append(try ConfigurationSource.file(file, known: settings)) }
        self.sources = sources
        for setting in settings {
            do {
                _ = try setting.text(in: self)
            } catch let error as RuntimeError {
                throw error
            } catch {
                throw RuntimeError(.configurationInvalid, "The setting \(setting.key) cannot be read.")
            }
        }
    }

    /// The value of a setting, or the sentence that says what to give.
    public func value<Value: SettingValue>(_ setting: Setting<Value>) throws(RuntimeError) -> Value {
        for source in sources {
            let found: Value?
            do {
                found = try Value.read(setting.key, from: source)
            } catch {
                throw RuntimeError(
                    .configurationInvalid, "\(setting.key) in \(source.name) must be \(Value.settingTypeName).")
            }
            guard let found else { continue }
            guard setting.isAllowed(found) else {
                throw RuntimeError(
                    .configurationInvalid, "\(setting.key) in \(source.name) must be \(setting.requirement).")
            }
            return found
        }
        guard let value = setting.defaultValue else {
            throw RuntimeError(
                .configurationInvalid,
                "\(setting.key) is missing (\(setting.meaning)): give \(setting.flagName) or \(setting.environmentName)."
            )
        }
        return value
    }

    /// What `--help` shows.
    static func help(serviceName: String, settings: [any AnySetting]) -> String {
        var lines = [
            "usage: zhike-\(serviceName) [--config FILE] [--print-config] [--version] [--SETTING VALUE …]", "",
            "Flags go over the environment (ZHIKE_…), that over the file, and that over the defaults:",
        ]
        for setting in settings.sorted(by: { $0.key < $1.key }) {
            let otherwise = setting.defaultText.map { $0.isEmpty ? "" : " [\($0)]" } ?? " (has to be given)"
            lines.append("  \(setting.flagName)\(otherwise)")
            lines.append("      \(setting.meaning)")
        }
        return lines.joined(separator: "\n")
    }

    /// What `--print-config` shows: every setting with its value and meaning; secrets masked.
    public func printed() throws -> String {
        var lines: [String] = []
        for setting in settings.sorted(by: { $0.key < $1.key }) {
            let text = setting.isSecret ? "<secret>" : try setting.text(in: self)
            lines.append("# \(setting.meaning) [\(setting.environmentName), \(setting.flagName)]")
            lines.append("\(setting.key) = \(text)")
        }
        return lines.joined(separator: "\n")
    }
}
