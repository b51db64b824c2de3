public import Foundation

/// Reads the text of a file's field as a value.
public enum ValueParser {
    /// nil where the text is no value of the type. Numbers are written with a point and without grouping.
    public static func value(_ text: String, _ type: TraitType) -> TraitValue? {
        switch type {
        case .text: .text(text)
        case .integer: Int64(text).map(TraitValue.integer)
        case .decimal: Double(text).flatMap { $0.isFinite ? .decimal($0) : nil }
        case .flag: flag(text).map(TraitValue.flag)
        case .time: time(text).map(TraitValue.time)
        }
    }

    private static func flag(_ text: String) -> Bool? {
        switch text {
        case "true", "yes", "1", "t", "y": true
        case "false", "no", "0", "f", "n": false
        default: nil
        }
    }

    /// "2026-03-02T10:00:00Z", with fractions or another zone, or a plain day ("2026-03-02", UTC).
    public static func time(_ text: String) -> Date? {
        if text.utf8.count == 10 { return try? Date(text + "T00:00:00Z", strategy: .iso8601) }
        if let date = try? Date(text, strategy: .iso8601) { return date }
        return try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
