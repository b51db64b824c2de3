/// What kind of value a trait holds; the raw value is what is stored and sent.
public enum TraitType: Int16, Sendable, Hashable, CaseIterable {
    case text = 1
    case integer = 2
    case decimal = 3
    case flag = 4
    case time = 5

    /// The word a mapping file uses.
    public var word: String {
        switch self {
        case .text: "text"
        case .integer: "integer"
        case .decimal: "decimal"
        case .flag: "flag"
        case .time: "time"
        }
    }

    public init?(word: String) {
        guard let type = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = type
    }
}
