public import Foundation

/// Reads the text of a file's field as a value.
public enum ValueParser {
    /// nil where the text is no value of the type. Numbers are written with a point and without grouping.
    ///
    /// - Parameter zone: in which a plain day begins.
    public static func value(_ text: String, _ type: TraitType, in zone: TimeZone) -> TraitValue? {
        switch type {
        case .text: .text(text)
        case .integer: Int64(text).map(TraitValue.integer)
        case .decimal: decimal(text).map(TraitValue.decimal)
        case .flag: flag(text).map(TraitValue.flag)
        case .time: time(text, in: zone).map(TraitValue.time)
        }
    }

    /// Digits with a sign, a point and an exponent; what else Swift would read (0x10, nan) is no number of a file.
    public static func decimal(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }),
            let number = Double(text), number.isFinite
        else { return nil }
        return number
    }

    private static func flag(_ text: String) -> Bool? {
        switch text {
        case "true", "yes", "1", "t", "y": true
        case "false", "no", "0", "f", "n": false
        default: nil
        }
    }

    /// "2026-03-02T10:00:00Z", with fractions or another zone, or a plain day ("2026-03-02").
    public static func time(_ text: String, in zone: TimeZone) -> Date? { TimeText.momentOrDay(text, in: zone) }
}
