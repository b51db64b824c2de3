/// Moments as RFC 3339 writes them, to and from microseconds UTC.
///
/// Days are converted by Howard Hinnant's civil-calendar formulas
/// (https://howardhinnant.github.io/date_algorithms.html), which need no tables and no time zone data.
enum Timestamp {
    private static let microsecondsPerDay: Int64 = 86_400_000_000
    /// 0001-01-01 to 9999-12-31: what RFC 3339 can write and Postgres can hold.
    private static let earliest: Int64 = -719_162 * microsecondsPerDay
    private static let latest: Int64 = 2_932_897 * microsecondsPerDay - 1

    /// Microseconds UTC since 1970 of a text such as `2026-03-02T09:30:00.25+08:00`; nil when it is not one. Digits
    /// beyond microseconds are dropped.
    static func microseconds(_ text: String) -> Int64? {
        var digits = Digits(Array(text.utf8))
        guard let year = digits.take(4), digits.skip("-"), let month = digits.take(2), digits.skip("-"),
            let day = digits.take(2), digits.skip("T") || digits.skip("t") || digits.skip(" "),
            let hour = digits.take(2), digits.skip(":"), let minute = digits.take(2), digits.skip(":"),
            let second = digits.take(2),
            year >= 1, (1...12).contains(month), day >= 1, day <= lastDay(of: month, in: year),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction: Int64 = 0
        if digits.skip(".") {
            guard let read = digits.takeFraction() else { return nil }
            fraction = read
        }
        guard let offsetMinutes = digits.takeOffset(), digits.isAtEnd else { return nil }
        let minutes = daysSinceEpoch(year, month, day) * 1_440 + hour * 60 + minute - offsetMinutes
        let result = (minutes * 60 + second) * 1_000_000 + fraction
        return (earliest...latest).contains(result) ? result : nil
    }

    /// The text of microseconds UTC since 1970, with as many digits as it needs.
    static func text(_ microseconds: Int64) -> String {
        let clamped = min(max(microseconds, earliest), latest)
        let days = (clamped >= 0 ? clamped : clamped - microsecondsPerDay + 1) / microsecondsPerDay
        var rest = clamped - days * microsecondsPerDay
        let (year, month, day) = civil(days)
        let fraction = rest % 1_000_000
        rest /= 1_000_000
        var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        text += "T\(padded(rest / 3_600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
        if fraction % 1_000 != 0 {
            text += ".\(padded(fraction, 6))"
        } else if fraction != 0 {
            text += ".\(padded(fraction / 1_000, 3))"
        }
        return text + "Z"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func lastDay(of month: Int64, in year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func daysSinceEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}

/// Takes fixed runs of digits from a text.
private struct Digits {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ count: Int) -> Int64? {
        guard position + count <= bytes.count else { return nil }
        var value: Int64 = 0
        for index in position..<(position + count) {
            guard (0x30...0x39).contains(bytes[index]) else { return nil }
            value = value * 10 + Int64(bytes[index] - 0x30)
        }
        position += count
        return value
    }

    mutating func skip(_ letter: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: letter) else { return false }
        position += 1
        return true
    }

    /// One or more digits after the point, as microseconds.
    mutating func takeFraction() -> Int64? {
        var value: Int64 = 0
        var scale: Int64 = 100_000
        var count = 0
        while let digit = take(1) {
            value += digit * scale
            scale /= 10
            count += 1
        }
        return count > 0 ? value : nil
    }

    /// `Z`, or hours and minutes east of UTC; in minutes.
    mutating func takeOffset() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64 = skip("-") ? -1 : 1
        guard sign == -1 || skip("+"), let hours = take(2), skip(":"), let minutes = take(2), hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
