internal import Foundation

/// From a business day to another, both included.
public struct ActivityPeriod: Sendable, Hashable {
    public static let longest = 92

    public let first: String
    public let last: String

    /// nil where one of them is no day of the calendar, the first is after the last, or they span more than `longest`.
    public init?(first: String, last: String) {
        guard let start = Self.midnight(first), let end = Self.midnight(last), start <= end,
            end.timeIntervalSince(start) < Double(Self.longest) * Self.secondsOfADay
        else { return nil }
        self.first = first
        self.last = last
    }

    /// So many days, of which the last is known; nil where it is no day of the calendar.
    public init?(last: String, dayCount: Int) {
        guard let end = Self.midnight(last) else { return nil }
        let start = end.addingTimeInterval(-Double(dayCount - 1) * Self.secondsOfADay)
        self.init(first: BusinessDay(timeZone: .gmt).text(of: start), last: last)
    }

    /// Days are counted in universal time, whose days all have the same length.
    private static let secondsOfADay = 86_400.0

    /// The beginning of "2026-03-02" in universal time.
    private static func midnight(_ text: String) -> Date? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let components = DateComponents(
            calendar: calendar, year: Int(parts[0]), month: Int(parts[1]), day: Int(parts[2]))
        return components.isValidDate ? components.date : nil
    }
}
