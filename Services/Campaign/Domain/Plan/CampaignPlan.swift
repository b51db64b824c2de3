package import Foundation

/// What a maker decides about a campaign.
package struct CampaignPlan: Sendable, Hashable {
    package var name: String
    /// The office that owns it; its audience is of this office and those below.
    package var officePath: String
    package var offerCode: String
    /// What the customer must have consented to.
    package var purpose: String
    package var snapshotID: Int64
    /// Share of the audience that is held, in basis points.
    package var controlBasisPoints: Int32
    package var salt: String
    package var conversionEventType: String
    package var conversionWindowMicroseconds: Int64
    /// Property of the conversion event with its value in minor units, or empty.
    package var valueProperty: String
    package var currency: String
    package var waves: [Wave]
    package var triggers: [Trigger]

    package init(
        name: String = "", officePath: String = "/", offerCode: String = "", purpose: String = "",
        snapshotID: Int64 = 0, controlBasisPoints: Int32 = 0, salt: String = "", conversionEventType: String = "",
        conversionWindowMicroseconds: Int64 = 0, valueProperty: String = "", currency: String = "",
        waves: [Wave] = [], triggers: [Trigger] = []
    ) {
        self.name = name
        self.officePath = officePath
        self.offerCode = offerCode
        self.purpose = purpose
        self.snapshotID = snapshotID
        self.controlBasisPoints = controlBasisPoints
        self.salt = salt
        self.conversionEventType = conversionEventType
        self.conversionWindowMicroseconds = conversionWindowMicroseconds
        self.valueProperty = valueProperty
        self.currency = currency
        self.waves = waves
        self.triggers = triggers
    }
}

/// One pass over the audience through one channel.
package struct Wave: Sendable, Hashable {
    /// From 1.
    package var number: Int32
    package var channel: String
    /// Business time; nil: when the campaign starts.
    package var startsAt: Date?

    package init(number: Int32, channel: String, startsAt: Date? = nil) {
        self.number = number
        self.channel = channel
        self.startsAt = startsAt
    }

    /// The number under which contacts made by triggers stand, beside those of the waves.
    package static let ofTriggers: Int32 = 0
}

/// Contacts a customer of the audience when an event of this type fits all conditions; once for each channel.
package struct Trigger: Sendable, Hashable {
    package var eventType: String
    package var conditions: [TriggerCondition]
    package var channel: String

    package init(eventType: String, conditions: [TriggerCondition] = [], channel: String) {
        self.eventType = eventType
        self.conditions = conditions
        self.channel = channel
    }
}
