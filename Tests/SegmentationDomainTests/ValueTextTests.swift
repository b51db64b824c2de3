internal import Testing

@testable internal import SegmentationDomain

@Suite("Times, long decimals and suggestions")
struct ValueTextTests {
    @Test(
        "times are read with their offset and written in UTC",
        arguments: [
            ("1970-01-01T00:00:00Z", Int64(0), "1970-01-01T00:00:00Z"),
            ("2026-03-01T08:00:00+08:00", 1_772_323_200_000_000, "2026-03-01T00:00:00Z"),
            ("2024-02-29T23:59:59.5-01:30", 1_709_256_599_500_000, "2024-03-01T01:29:59.5Z"),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000_000, "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
            ("1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"),
        ])
    func times(text: String, microseconds: Int64, canonical: String) {
        #expect(TimeText.microseconds(text) == microseconds)
        #expect(TimeText.text(microseconds: microseconds) == canonical)
    }

    @Test(
        "what is not a time with an offset is refused",
        arguments: [
            "2026-03-01", "2026-03-01T08:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00.1234567Z", "2026-01-01T00:00:00.Z", "0001-01-01T00:00:00+08:00",
            "0000-01-01T00:00:00Z",
            "2026-01-01T00:00:00Zx", "",
        ])
    func notTimes(text: String) {
        #expect(TimeText.microseconds(text) == nil)
    }

    @Test("decimals are ordered exactly, however long")
    func decimals() throws {
        let ordered = [
            "-1e400", "-123.5", "-123.4", "-0.001", "0", "1e-400", "0.1", "0.10000000000000000001", "1", "1.5", "10",
            "99.999", "1e2", "1e400", "1.1e400",
        ]
        let numbers = try ordered.map { try #require(DecimalNumber($0)) }
        for (left, first) in numbers.enumerated() {
            for (right, second) in numbers.enumerated() {
                #expect((first < second) == (left < right), "\(ordered[left]) \(ordered[right])")
                #expect((first == second) == (left == right))
            }
        }
        #expect(DecimalNumber("100") == DecimalNumber("1e+2"))
        #expect(DecimalNumber("-0.0") == DecimalNumber("0e5"))
        #expect(DecimalNumber("0.0010") == DecimalNumber("1E-3"))
        #expect(DecimalNumber("") == nil)
        #expect(DecimalNumber("1x") == nil)
    }

    @Test("the nearest name is suggested, and none where none is near")
    func suggestions() {
        let names = ["age", "balance", "contact", "previous_contacts"]
        #expect(Suggestion.nearest(to: "blance", in: names) == "balance")
        #expect(Suggestion.nearest(to: "Previous-Contacts", in: names) == "previous_contacts")
        #expect(Suggestion.nearest(to: "aeg", in: names) == "age")
        #expect(Suggestion.nearest(to: "income", in: names) == nil)
        #expect(Suggestion.nearest(to: String(repeating: "a", count: 100_000), in: names) == nil)
    }
}
