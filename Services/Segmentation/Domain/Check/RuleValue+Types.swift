internal import Foundation

extension RuleValue {
    enum Kind {
        case text
        case number
        case flag
        case time
    }

    var kind: Kind {
        switch self {
        case .text: .text
        case .integer, .decimal: .number
        case .flag: .flag
        case .time: .time
        }
    }

    /// Whether a trait of this type may be compared with the value; whole numbers and decimals mix.
    func fits(_ type: RuleDictionary.TraitType) -> Bool {
        switch type {
        case .text: kind == .text
        case .integer, .decimal: kind == .number
        case .flag: kind == .flag
        case .time: kind == .time
        }
    }

    /// The value that was probably meant where one of another type was written.
    ///
    /// - Parameter zone: in which a plain day begins.
    func converted(to type: RuleDictionary.TraitType, in zone: TimeZone) -> RuleValue? {
        switch (type, self) {
        case (.text, .integer), (.text, .decimal), (.text, .flag): .text(text)
        case (.integer, .text(let text)), (.decimal, .text(let text)):
            text.count <= 40 ? try? NumberText.value(text, at: .json(path: "")) : nil
        case (.flag, .text(let text)):
            ["true": .flag(true), "yes": .flag(true), "false": .flag(false), "no": .flag(false)][text.lowercased()]
        case (.flag, .integer(let value)): value == 0 || value == 1 ? .flag(value == 1) : nil
        case (.time, .text(let text)):
            (TimeText.microseconds(text) ?? TimeText.firstMicrosecond(ofDay: text, in: zone)).map {
                .time(microseconds: $0)
            }
        default: nil
        }
    }

    /// False where the two have no order between them.
    func isGreater(than other: RuleValue) -> Bool {
        compare(.greater, other)
    }
}
