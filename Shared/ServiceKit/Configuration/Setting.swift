/// One thing that may be configured: its key, what it means, and its value where nobody gives one.
///
/// The key `database.poolSize` is `{"database": {"poolSize": 8}}` in the file, `ZHIKE_DATABASE_POOL_SIZE=8` in the
/// environment and `--database-pool-size 8` as a flag; the flag goes over the environment, and that over the file.
public struct Setting<Value: SettingValue>: Sendable {
    public let key: String
    public let meaning: String
    /// Without a default the setting must be given.
    public let defaultValue: Value?
    /// Shown as `<secret>` by `--print-config`. Secrets proper stand in files; this is for paths and addresses that
    /// may hold one by mistake.
    public let isSecret: Bool
    /// What a value must be besides its type, as the end of the sentence "… must be".
    let requirement: String
    let isAllowed: @Sendable (Value) -> Bool

    public init(
        _ key: String, _ meaning: String, default defaultValue: Value? = nil, isSecret: Bool = false,
        mustBe requirement: String = "", where isAllowed: @escaping @Sendable (Value) -> Bool = { _ in true }
    ) {
        self.key = key
        self.meaning = meaning
        self.defaultValue = defaultValue
        self.isSecret = isSecret
        self.requirement = requirement
        self.isAllowed = isAllowed
    }
}

/// A setting of any type, so that a suite service can list all of its own.
public protocol AnySetting: Sendable {
    var key: String { get }
    var meaning: String { get }
    var isSecret: Bool { get }
    /// The value where nobody gives one; nil where somebody has to.
    var defaultText: String? { get }
    /// The value as a person would write it; throws when it is missing or wrong.
    func text(in configuration: ServiceConfiguration) throws -> String
}

extension Setting: AnySetting {
    public var defaultText: String? { defaultValue?.settingText }

    public func text(in configuration: ServiceConfiguration) throws -> String {
        try configuration.value(self).settingText
    }
}

extension AnySetting {
    var environmentName: String { "ZHIKE_" + words.map { $0.uppercased() }.joined(separator: "_") }
    var flagName: String { "--" + words.joined(separator: "-") }

    /// `database.poolSize` is the words database, pool, size.
    private var words: [String] {
        var words = [""]
        for character in key {
            if character == "." || character.isUppercase { words.append("") }
            if character != "." { words[words.count - 1].append(character.lowercased()) }
        }
        return words
    }
}
