internal import Foundation
internal import Testing

@testable internal import GatewayService

@Suite("Moments as RFC 3339")
struct TimestampTests {
    @Test("the moments of a long span agree with Foundation, both ways")
    func agrees() {
        let formatter = ISO8601DateFormatter()
        formatter.timeZone = .gmt
        // Steps that are no multiple of a day, over leap years and centuries.
        for seconds in stride(from: -2_208_988_800 as Int64, to: 7_258_118_400, by: 5_974_563) {
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(Timestamp.microseconds(text) == seconds * 1_000_000)
            #expect(Timestamp.text(seconds * 1_000_000) == text)
        }
    }

    @Test("offsets and fractions are read")
    func offsets() {
        #expect(Timestamp.microseconds("1970-01-01T08:00:00+08:00") == 0)
        #expect(Timestamp.microseconds("1969-12-31T16:30:00-07:30") == 0)
        #expect(Timestamp.microseconds("1970-01-01t00:00:00z") == 0)
        #expect(Timestamp.microseconds("1970-01-01T00:00:00.000001Z") == 1)
        #expect(Timestamp.microseconds("1970-01-01T00:00:00.5Z") == 500_000)
        #expect(Timestamp.microseconds("1970-01-01T00:00:00.1234567Z") == 123_456)
        #expect(Timestamp.text(1) == "1970-01-01T00:00:00.000001Z")
        #expect(Timestamp.text(-1) == "1969-12-31T23:59:59.999999Z")
        #expect(Timestamp.text(250_000) == "1970-01-01T00:00:00.250Z")
        #expect(Timestamp.microseconds("2024-02-29T00:00:00Z") != nil)
    }

    @Test(
        "what is no moment is refused",
        arguments: [
            "", "2026", "2026-03-02", "2026-03-02T09:30:00", "2026-03-02T09:30Z", "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z", "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+8:00",
            "2026-01-01T00:00:00+0800", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "x026-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z ", "２026-01-01T00:00:00Z",
        ])
    func refused(text: String) {
        #expect(Timestamp.microseconds(text) == nil)
    }
}
