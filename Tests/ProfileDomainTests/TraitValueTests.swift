internal import Foundation
internal import ProfileDomain
internal import Testing

@Suite("The value of a trait")
struct TraitValueTests {
    @Test("fits or is refused, however large", arguments: [Int64.min, .min + 1, -1, 0, 1, .max])
    func extremes(number: Int64) {
        for type in [TraitType.text, .integer, .decimal, .flag, .time] {
            let fitted = try? TraitValue.integer(number).fitting(type)
            switch type {
            case .integer: #expect(fitted == .integer(number))
            case .decimal: #expect(fitted == (number.magnitude <= 1 << 53 ? .decimal(Double(number)) : nil))
            case .text, .flag, .time: #expect(fitted == nil)
            }
        }
    }

    @Test("may be as long a text in Chinese as in any other language")
    func texts() throws {
        for character in ["a", "汉", "😀"] {
            let longest = String(repeating: character, count: 1_024)
            #expect(try TraitValue.text(longest).fitting(.text) == .text(longest))
            #expect(throws: FieldProblem.self) { try TraitValue.text(longest + character).fitting(.text) }
        }
        #expect(throws: FieldProblem.self) { try TraitValue.text("a\0").fitting(.text) }
    }

    @Test("is never a time outside of the years 1 to 9999, as neither begins or ends a consent")
    func times() throws {
        let first = Date(timeIntervalSince1970: -62_135_596_800)
        for (seconds, isKept) in [
            (-62_135_596_800.0, true), (-62_135_596_801, false), (253_402_300_799, true), (253_402_300_800, false),
            (1e15, false), (.nan, false),
        ] {
            let time = Date(timeIntervalSince1970: seconds)
            #expect(((try? TraitValue.time(time).fitting(.time)) != nil) == isKept)
            for (from, until, field) in [(time, nil, "valid_from"), (first, time, "valid_until")] {
                guard !isKept || until == nil else { continue }
                let consent = Result { () throws(FieldProblem) in
                    try Consent(
                        purpose: "m", channel: "sms", granted: true, validFrom: from, validUntil: until, source: "")
                }
                switch consent {
                case .success: #expect(isKept)
                case .failure(let problem): #expect(!isKept && problem.field == field)
                }
            }
        }
    }

    @Test("is never a number that is none", arguments: [Double.nan, .infinity, -.infinity])
    func numbers(number: Double) {
        #expect(throws: FieldProblem.self) { try TraitValue.decimal(number).fitting(.decimal) }
    }
}
