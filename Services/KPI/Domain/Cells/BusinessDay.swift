public import Foundation

/// Which day a moment belongs to in the bank's time zone.
public struct BusinessDay: Sendable {
    private let calendar: Calendar

    public init(timeZone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        self.calendar = calendar
    }

    /// "2026-03-02".
    public func text(of moment: Date) -> String {
        let parts = calendar.dateComponents([.year, .month, .day], from: moment)
        return [padded(parts.year ?? 0, 4), padded(parts.month ?? 0, 2), padded(parts.day ?? 0, 2)]
            .joined(separator: "-")
    }

    /// From the beginning of the day that a moment belongs to, up to the next.
    public func span(of moment: Date) -> Range<Date> {
        // Every moment lies in a day.
        guard let interval = calendar.dateInterval(of: .day, for: moment) else { return moment..<moment }
        return interval.start..<interval.end
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
