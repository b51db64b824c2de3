internal import ArgumentParser
internal import Foundation
internal import ProfileDomain

/// A length of time as people write it: 90s, 90m, 4h, 2d, 1.5h.
struct SpanOfTime: Sendable, Hashable {
    let microseconds: Int64

    var seconds: TimeInterval { Double(microseconds) / 1e6 }

    private static let units: [(name: Character, seconds: Int64)] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]
    /// 400 years; beyond it the calendar's arithmetic is no use to anybody.
    private static let longestSeconds = 400.0 * 366 * 86_400

    init(microseconds: Int64) { self.microseconds = microseconds }

    init?(_ text: String) {
        guard let last = text.last, let unit = Self.units.first(where: { $0.name == last }),
            text.dropLast().allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let number = Double(text.dropLast()), number > 0, number * Double(unit.seconds) <= Self.longestSeconds
        else { return nil }
        microseconds = Int64((number * Double(unit.seconds) * 1e6).rounded())
    }

    /// In the largest unit that leaves a whole number.
    var text: String {
        let unit = Self.units.first { microseconds % ($0.seconds * 1_000_000) == 0 }
        guard let unit, microseconds != 0 else { return "\(seconds)s" }
        return "\(microseconds / (unit.seconds * 1_000_000))\(unit.name)"
    }

    /// For options: the error says how to write it.
    static func parse(_ text: String) throws -> SpanOfTime {
        guard let span = SpanOfTime(text) else {
            throw ValidationError(localized("Write it as 90m, 4h or 2d.", "请写成 90m、4h 或 2d。"))
        }
        return span
    }
}

/// Points in time as people write them and read them.
enum Moment {
    static var howToWrite: String {
        localized("Write the time as 2026-03-02T02:00:00Z.", "请将时间写成 2026-03-02T02:00:00Z。")
    }

    /// - Parameter option: is named in the error where the parser does not name it by itself.
    static func parse(_ text: String, of option: String? = nil) throws -> Date {
        if let date = TimeText.moment(text) { return date }
        throw ValidationError((option.map { "\($0): " } ?? "") + howToWrite)
    }

    static func text(microseconds: Int64) -> String {
        microseconds == 0 ? "" : Date(timeIntervalSince1970: Double(microseconds) / 1e6).formatted(.iso8601)
    }
}
