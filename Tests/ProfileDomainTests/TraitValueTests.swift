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

    @Test("is never a number that is none", arguments: [Double.nan, .infinity, -.infinity])
    func numbers(number: Double) {
        #expect(throws: FieldProblem.self) { try TraitValue.decimal(number).fitting(.decimal) }
    }
}
