/// A day of the calendar (`date`), without a time zone: a business day.
public struct PostgresDay: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Days since 1970-01-01.
    public var daysSince1970: Int

    public init(daysSince1970: Int) {
        self.daysSince1970 = daysSince1970
    }

    public static func < (left: Self, right: Self) -> Bool { left.daysSince1970 < right.daysSince1970 }

    /// `YYYY-MM-DD`. Algorithm: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    public var description: String {
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }

    private func padded(_ value: Int, to width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension PostgresDay: PostgresEncodable, PostgresDecodable, PostgresArrayElement {
    /// From 1970 to 2000, where Postgres counts from.
    private static let postgresEpochDays = 10_957

    public static var postgresType: PostgresType { .date }
    public static var postgresArrayType: PostgresType { .dateArray }
    public func encode(into buffer: inout PostgresBuffer) {
        buffer.append(Int32(daysSince1970 - Self.postgresEpochDays))
    }

    public init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError) {
        guard type == .date || type == .unknown, bytes.byteCount == 4 else { throw .wrongType("date", type) }
        let days = bytes.integer(as: Int32.self)
        guard days != .max, days != .min else { throw PostgresError(.decoding, "an infinite date") }
        self.init(daysSince1970: Int(days) + Self.postgresEpochDays)
    }
}
