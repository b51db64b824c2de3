public import Foundation

/// Something a customer did, as a channel reports it.
public struct BehaviourEvent: Sendable, Hashable {
    public var id: String
    public var type: String
    public var occurredAt: Date
    /// A JSON object, or nil for none.
    public var propertiesJSON: String?

    /// How far a sender's clock may be ahead of ours.
    public static let aheadSeconds: TimeInterval = 300
    public static let propertiesByteLimit = 8_192

    /// Checks what a channel sent. Late events are welcome, events from the future are a wrong clock.
    public init(
        id: String, type: String, occurredAt: Date, propertiesJSON: String, receivedAt: Date
    ) throws(FieldProblem) {
        guard Names.isValue(id, atMost: 128) else {
            throw FieldProblem(
                field: "event_id", code: "event_id",
                reason: "Give every event an id of 1 to 128 characters that is its own; a repeated id is a duplicate.")
        }
        try Self.check(type: type)
        guard occurredAt.timeIntervalSince(receivedAt) <= Self.aheadSeconds else {
            throw FieldProblem(
                field: "occurred_at", code: "ahead",
                reason:
                    "The time is more than five minutes ahead of the bank's clock; check the sender's clock and unit.")
        }
        guard occurredAt >= Self.earliest else {
            throw FieldProblem(
                field: "occurred_at", code: "too_old",
                reason: "The time lies before 1970; send microseconds since 1970 in UTC.")
        }
        if !propertiesJSON.isEmpty {
            try JSONObjectCheck.check(propertiesJSON, byteLimit: Self.propertiesByteLimit)
        }
        self.id = id
        self.type = type
        self.occurredAt = occurredAt
        self.propertiesJSON = propertiesJSON.isEmpty ? nil : propertiesJSON
    }

    static func check(type: String) throws(FieldProblem) {
        guard Names.isDotted(type, atMost: 64) else {
            throw FieldProblem(
                field: "type", code: "event_type",
                reason: "Name the type with at most 64 lower case letters, digits, _ and dots.")
        }
    }

    private static let earliest = Date(timeIntervalSince1970: 0)
}
