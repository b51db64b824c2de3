/// What is known about one customer: enough to decide any rule without a database.
public struct CustomerFacts: Sendable {
    public struct Event: Sendable {
        public var type: String
        public var occurredAtMicroseconds: Int64
        /// A JSON object; null where the event has no properties.
        public var properties: JSONValue

        public init(type: String, occurredAtMicroseconds: Int64, properties: JSONValue = .null) {
            self.type = type
            self.occurredAtMicroseconds = occurredAtMicroseconds
            self.properties = properties
        }
    }

    /// A trait that is unknown has no entry.
    public var traits: [String: RuleValue]
    public var events: [Event]

    public init(traits: [String: RuleValue] = [:], events: [Event] = []) {
        self.traits = traits
        self.events = events
    }
}
