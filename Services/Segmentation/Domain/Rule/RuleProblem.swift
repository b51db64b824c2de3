/// Where in a rule something stands.
public enum RulePlace: Sendable, Hashable {
    /// Both from 1; the column counts Unicode scalars.
    case text(line: Int, column: Int)
    /// Path within the JSON form, for example `and[1].trait`; empty for the whole.
    case json(path: String)
}

/// What is wrong with a rule, for the person who wrote it.
public struct RuleProblem: Error, Sendable, Hashable {
    public var place: RulePlace
    public var code: Code
    /// A sentence that says what to do.
    public var message: String
    /// What was probably meant.
    public var suggestion: String?

    public init(_ code: Code, at place: RulePlace, _ message: String, suggestion: String? = nil) {
        self.place = place
        self.code = code
        self.message = message
        self.suggestion = suggestion
    }
}

extension RuleProblem {
    /// A code that programs may rely on.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Known: String {
            case tooLarge = "too_large"
            case tooDeep = "too_deep"
            case syntax
            case badCharacter = "bad_character"
            case badText = "bad_text"
            case badNumber = "bad_number"
            case badTime = "bad_time"
            case badJSON = "bad_json"
            case unknownTrait = "unknown_trait"
            case wrongType = "wrong_type"
            case noOrder = "no_order"
            case emptyRange = "empty_range"
            case badWindow = "bad_window"
            case badCount = "bad_count"
            case badEventType = "bad_event_type"
        }

        private let known: Known

        private init(_ known: Known) {
            self.known = known
        }

        public var description: String { known.rawValue }

        /// Longer than a rule may be, or with too many conditions.
        public static let tooLarge = Code(.tooLarge)
        /// Nested more than a rule may be.
        public static let tooDeep = Code(.tooDeep)
        /// Something else was expected at this place.
        public static let syntax = Code(.syntax)
        /// A character that has no meaning outside quotes.
        public static let badCharacter = Code(.badCharacter)
        /// A text that does not end, or that holds what a text cannot hold.
        public static let badText = Code(.badText)
        /// A number that is cut off or out of range.
        public static let badNumber = Code(.badNumber)
        /// A time that is not ISO 8601 with an offset.
        public static let badTime = Code(.badTime)
        /// Not JSON, or not of the shape of a rule.
        public static let badJSON = Code(.badJSON)
        /// The dictionary has no trait of this name.
        public static let unknownTrait = Code(.unknownTrait)
        /// The value has another type than the trait.
        public static let wrongType = Code(.wrongType)
        /// Values of this type are the same or not, but not less or greater.
        public static let noOrder = Code(.noOrder)
        /// No value lies between the two.
        public static let emptyRange = Code(.emptyRange)
        /// The window is empty or too long.
        public static let badWindow = Code(.badWindow)
        /// The number of events is negative or too large.
        public static let badCount = Code(.badCount)
        /// Not the name of an event type.
        public static let badEventType = Code(.badEventType)
    }
}
