/// Times in rules: ISO 8601 with an offset, kept as UTC microseconds and written in UTC.
enum TimeText {
    /// Reads `2026-03-01T08:00:00Z` or `2026-03-01T16:00:00.5+08:00`, years 1 to 9999.
    ///
    /// Returns nil for everything else; a time without an offset is refused, because it would mean a different moment
    /// in each time zone.
    static func microseconds(_ text: String) -> Int64? {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.digits(4), year >= 1, reader.take("-"), let month = reader.digits(2),
            (1...12).contains(month), reader.take("-"), let day = reader.digits(2),
            (1...daysIn(month: month, year: year)).contains(day), reader.take("T"),
            let hour = reader.digits(2), hour < 24, reader.take(":"), let minute = reader.digits(2), minute < 60,
            reader.take(":"), let second = reader.digits(2), second < 60, let fraction = reader.fraction(),
            let offset = reader.offsetMinutes(), reader.isAtEnd
        else { return nil }
        let minutes = (dayNumber(year: year, month: month, day: day) * 24 + hour) * 60 + minute - offset
        let microseconds = (minutes * 60 + second) * 1_000_000 + fraction
        return range.contains(microseconds) ? microseconds : nil
    }

    /// The years 1 to 9999 in UTC: what can be written again.
    static let range: ClosedRange<Int64> = {
        let first = dayNumber(year: 1, month: 1, day: 1) * 86_400_000_000
        let last = dayNumber(year: 10_000, month: 1, day: 1) * 86_400_000_000 - 1
        return first...last
    }()

    static func text(microseconds: Int64) -> String {
        var rest = microseconds
        func take(_ unit: Int64) -> Int64 {
            let part = ((rest % unit) + unit) % unit
            rest = (rest - part) / unit
            return part
        }
        let fraction = take(1_000_000)
        let second = take(60)
        let minute = take(60)
        let hour = take(24)
        let (year, month, day) = date(dayNumber: rest)
        var text = "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(pad(hour, 2)):\(pad(minute, 2)):\(pad(second, 2))"
        if fraction != 0 {
            var digits = pad(fraction, 6)
            while digits.last == "0" { digits.removeLast() }
            text += "." + digits
        }
        return text + "Z"
    }

    private static func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        default: 31
        }
    }

    /// Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March so that the leap day is
    /// the last of its year.
    private static func dayNumber(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(dayNumber: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let days = dayNumber + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension TimeText {
    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == bytes.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        mutating func digit() -> Int64? {
            guard position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) else {
                return nil
            }
            position += 1
            return Int64(bytes[position - 1] - UInt8(ascii: "0"))
        }

        mutating func digits(_ count: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<count {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        /// Microseconds; nothing finer is kept, so nothing finer is read.
        mutating func fraction() -> Int64? {
            guard take(".") else { return 0 }
            guard var value = digit() else { return nil }
            var width = 1
            while let digit = digit() {
                width += 1
                guard width <= 6 else { return nil }
                value = value * 10 + digit
            }
            while width < 6 {
                value *= 10
                width += 1
            }
            return value
        }

        mutating func offsetMinutes() -> Int64? {
            if take("Z") { return 0 }
            let sign: Int64
            if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
            guard let hours = digits(2), hours <= 15, take(":"), let minutes = digits(2), minutes < 60 else {
                return nil
            }
            return sign * (hours * 60 + minutes)
        }
    }
}
