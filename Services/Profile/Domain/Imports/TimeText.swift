public import Foundation

/// Reads a point in time as it is documented, and nothing else: a day that no month has, an hour 25 or something behind
/// the end is a mistake that somebody has to hear of.
public enum TimeText {
    /// "2026-03-02T10:00:00Z", also with up to nine digits of a fraction, of which microseconds are kept, and with
    /// another zone ("+08:00").
    public static func moment(_ text: String) -> Date? {
        var reader = Digits(Array(text.utf8))
        guard let day = reader.day(), reader.take("T"), let hour = reader.number(2, in: 0...23), reader.take(":"),
            let minute = reader.number(2, in: 0...59), reader.take(":"), let second = reader.number(2, in: 0...59),
            let microsecond = reader.fraction(), let zone = reader.zone(), reader.isAtEnd
        else { return nil }
        return date(day * 86_400 + hour * 3_600 + minute * 60 + second - zone, microsecond)
    }

    /// A plain day as well: "2026-03-02" is its first moment in the zone.
    public static func momentOrDay(_ text: String, in zone: TimeZone) -> Date? {
        var reader = Digits(Array(text.utf8))
        guard let day = reader.day(), reader.isAtEnd else { return moment(text) }
        guard zone != .gmt else { return date(day * 86_400, 0) }
        let midnight = Date(timeIntervalSince1970: Double(day) * 86_400)
        // The zone is asked at about its own midnight: it may have moved its clocks in the hours between that and UTC's.
        let nearly = midnight.addingTimeInterval(-Double(zone.secondsFromGMT(for: midnight)))
        return date(day * 86_400 - zone.secondsFromGMT(for: nearly), 0)
    }

    /// As ``moment(_:)`` reads it, in UTC.
    static func text(_ moment: Date) -> String {
        let all = Int64((moment.timeIntervalSinceReferenceDate * 1_000_000).rounded())
        let rest = (all % 1_000_000 + 1_000_000) % 1_000_000
        let whole = Date(timeIntervalSinceReferenceDate: Double((all - rest) / 1_000_000)).formatted(.iso8601)
        guard rest > 0 else { return whole }
        let digits = String(rest + 1_000_000).dropFirst()
        return "\(whole.dropLast()).\(digits)Z"
    }

    private static func date(_ seconds: Int, _ microsecond: Int) -> Date? {
        // Counted from where `Date` counts: whole seconds and the rest keep their digits.
        let whole = Double(seconds - Int(Date.timeIntervalBetween1970AndReferenceDate))
        let date = Date(timeIntervalSinceReferenceDate: whole + Double(microsecond) / 1_000_000)
        return TimeRange.holds(date) ? date : nil
    }
}

/// Digits by their places.
private struct Digits {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// A number of exactly so many digits.
    mutating func number(_ count: Int, in range: ClosedRange<Int>) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return range.contains(value) ? value : nil
    }

    private mutating func digit() -> Int? {
        guard position < bytes.count, (0x30...0x39).contains(bytes[position]) else { return nil }
        defer { position += 1 }
        return Int(bytes[position] - 0x30)
    }

    /// Days since 1970 of "2026-03-02".
    mutating func day() -> Int? {
        guard let year = number(4, in: 1...9_999), take("-"), let month = number(2, in: 1...12), take("-"),
            let day = number(2, in: 1...Self.days(of: month, year))
        else { return nil }
        // Years that begin in March: the leap day is their last.
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    private static func days(of month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Microseconds of ".5"; 0 where there is no fraction.
    mutating func fraction() -> Int? {
        guard take(".") else { return 0 }
        var (microseconds, count) = (0, 0)
        while let digit = digit() {
            count += 1
            if count <= 6 { microseconds = microseconds * 10 + digit }
        }
        guard (1...9).contains(count) else { return nil }
        for _ in min(count, 6)..<6 { microseconds *= 10 }
        return microseconds
    }

    /// Seconds that a zone is ahead of UTC: 0 of "Z", 28,800 of "+08:00".
    mutating func zone() -> Int? {
        if take("Z") { return 0 }
        let isAhead = take("+")
        guard isAhead || take("-"), let hours = number(2, in: 0...23), take(":"),
            let minutes = number(2, in: 0...59)
        else { return nil }
        return (isAhead ? 1 : -1) * (hours * 3_600 + minutes * 60)
    }
}
