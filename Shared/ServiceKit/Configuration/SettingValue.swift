internal import Configuration

/// What a setting can hold: text, a whole number, a number, yes or no, a list of texts.
public protocol SettingValue: Sendable, Equatable {
    /// As it would be written in the environment.
    var settingText: String { get }
    /// For the sentence "… must be a whole number".
    static var settingTypeName: String { get }
    /// Looks in one source; throws when something else stands there.
    static func read(_ key: String, from source: ConfigurationSource) throws -> Self?
}

extension String: SettingValue {
    public var settingText: String { self }
    public static var settingTypeName: String { "text" }
    public static func read(_ key: String, from source: ConfigurationSource) throws -> String? {
        guard case .string(let value) = try source.content(key, .string) else { return nil }
        return value
    }
}

extension Int: SettingValue {
    public var settingText: String { "\(self)" }
    public static var settingTypeName: String { "a whole number" }
    public static func read(_ key: String, from source: ConfigurationSource) throws -> Int? {
        guard case .int(let value) = try source.content(key, .int) else { return nil }
        return value
    }
}

extension Double: SettingValue {
    public var settingText: String { "\(self)" }
    public static var settingTypeName: String { "a number" }
    public static func read(_ key: String, from source: ConfigurationSource) throws -> Double? {
        guard case .double(let value) = try source.content(key, .double) else { return nil }
        return value
    }
}

extension Bool: SettingValue {
    public var settingText: String { "\(self)" }
    public static var settingTypeName: String { "true or false" }
    public static func read(_ key: String, from source: ConfigurationSource) throws -> Bool? {
        guard case .bool(let value) = try source.content(key, .bool) else { return nil }
        return value
    }
}

extension [String]: SettingValue {
    public var settingText: String { joined(separator: ",") }
    public static var settingTypeName: String { "a list of texts (with commas between them)" }
    public static func read(_ key: String, from source: ConfigurationSource) throws -> [String]? {
        guard case .stringArray(let value) = try source.content(key, .stringArray) else { return nil }
        return value.filter { !$0.isEmpty }
    }
}
