internal import Foundation
internal import ProfileDomain
internal import Testing

@Suite("A time in a file")
struct TimeTextTests {
    @Test(
        "is read to the microsecond",
        arguments: [
            ("2026-03-02T10:00:00Z", 1_772_445_600_000_000), ("2026-03-02T18:00:00+08:00", 1_772_445_600_000_000),
            ("2026-03-02T04:30:00-05:30", 1_772_445_600_000_000), ("2026-03-02T10:00:00.5Z", 1_772_445_600_500_000),
            ("2026-03-02T10:00:00.000001Z", 1_772_445_600_000_001),
            ("2026-03-02T10:00:00.000001999Z", 1_772_445_600_000_001), ("2026-03-02", 1_772_409_600_000_000),
            ("2024-02-29", 1_709_164_800_000_000), ("2000-02-29", 951_782_400_000_000),
            ("1969-12-31T23:59:59Z", -1_000_000), ("1970-01-01", 0), ("0001-01-01", -62_135_596_800_000_000),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000_000),
        ] as [(String, Int64)])
    func good(text: String, microseconds: Int64) throws {
        let date = try #require(TimeText.momentOrDay(text, in: .gmt))
        #expect(Int64((date.timeIntervalSinceReferenceDate * 1e6).rounded()) + 978_307_200_000_000 == microseconds)
        #expect((TimeText.moment(text) == date) == (text.count > 10))
    }

    @Test(
        "is refused where no calendar or clock has it, or where something stands beside it",
        arguments: [
            "2025-02-29", "1900-02-29", "2026-04-31", "2026-00-01", "2026-13-01", "2026-03-00", "0000-01-01",
            "2026-03-02T25:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T10:60:00Z", "2026-03-02T10:00:60Z",
            "2026-03-02T10:00:00Zx", "2026-03-02T10:00:00Z ", " 2026-03-02", "2026-03-02x", "2026-03-02T10:00:00",
            "2026-03-02T10:00Z", "2026-03-02 10:00:00Z", "2026-3-2", "26-03-02", "2026-03-02T10:00:00.Z",
            "2026-03-02T10:00:00.0000000000Z", "2026-03-02T10:00:00+0800", "2026-03-02T10:00:00+24:00",
            "2026-03-02T10:00:00+08:60", "0001-01-01T00:00:00+08:00", "9999-12-31T23:00:00-08:00", "２０２６-03-02", "",
        ])
    func bad(text: String) {
        #expect(TimeText.momentOrDay(text, in: .gmt) == nil)
        #expect(TimeText.moment(text) == nil)
    }

    @Test(
        "begins a plain day in the zone of the bank, and leaves what names its own zone",
        arguments: [
            ("2026-03-02", "Asia/Shanghai", "2026-03-01T16:00:00Z"),
            // Summer time begins and ends on these.
            ("2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z"),
            ("2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00Z"),
            ("2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00Z"),
            ("2026-10-26", "Europe/Berlin", "2026-10-25T23:00:00Z"),
            ("2026-03-09", "America/New_York", "2026-03-09T04:00:00Z"),
            ("2026-03-08", "America/New_York", "2026-03-08T05:00:00Z"),
            ("2026-03-02T10:00:00Z", "Asia/Shanghai", "2026-03-02T10:00:00Z"),
        ])
    func zone(text: String, zone: String, moment: String) throws {
        let zone = try #require(TimeZone(identifier: zone))
        let expected = try #require(TimeText.moment(moment))
        #expect(TimeText.momentOrDay(text, in: zone) == expected)
    }

    @Test("is the day that the calendar has, in every year")
    func everyDay() {
        var day = Date(timeIntervalSince1970: -62_135_596_800)
        let end = Date(timeIntervalSince1970: 253_402_300_800)
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = .gmt
        while day < end {
            let parts = calendar.dateComponents([.year, .month, .day], from: day)
            // The calendar of the system counts days of Caesar's before 1582, files do not.
            if let year = parts.year, year > 1582, let month = parts.month, let number = parts.day {
                let text = "\(year)-\(month < 10 ? "0" : "")\(month)-\(number < 10 ? "0" : "")\(number)"
                #expect(TimeText.momentOrDay(text, in: .gmt) == day)
            }
            day += 86_400 * 97
        }
    }
}
