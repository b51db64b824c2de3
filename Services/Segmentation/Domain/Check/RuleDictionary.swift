public import Foundation

/// What a rule may name: the traits of one version of the dictionary.
public struct RuleDictionary: Sendable, Hashable {
    public enum TraitType: Int16, Sendable, Hashable, CaseIterable {
        case text = 1
        case integer = 2
        case decimal = 3
        case flag = 4
        case time = 5

        var shown: String {
            switch self {
            case .text: "a text"
            case .integer: "a whole number"
            case .decimal: "a number"
            case .flag: "true or false"
            case .time: "a time"
            }
        }
    }

    public let version: Int64
    public let traits: [String: TraitType]
    /// Those of the highest sensitivity: what one customer's are is told to nobody without the right to reveal it.
    public let hiddenTraits: Set<String>
    /// The bank's, in which days begin; a rule itself names moments alone.
    public let zone: TimeZone

    public init(
        version: Int64, traits: [String: TraitType], hiddenTraits: Set<String> = [], zone: TimeZone = .gmt
    ) {
        self.version = version
        self.traits = traits
        self.hiddenTraits = hiddenTraits
        self.zone = zone
    }
}
