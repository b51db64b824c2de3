internal import CampaignDomain
internal import Foundation
internal import Postgres

/// A plan as its version keeps it, apart from the domain's names, which may change.
struct StoredPlan: Codable {
    private var name: String
    private var officePath: String
    private var offerCode: String
    private var purpose: String
    private var snapshotID: Int64
    private var controlBasisPoints: Int32
    private var salt: String
    private var conversionEventType: String
    private var conversionWindowMicroseconds: Int64
    private var valueProperty: String
    private var currency: String
    private var waves: [StoredWave]
    private var triggers: [StoredTrigger]

    private struct StoredWave: Codable {
        var number: Int32
        var channel: String
        var startsAtMicroseconds: Int64?
    }

    private struct StoredTrigger: Codable {
        var eventType: String
        var channel: String
        var conditions: [StoredCondition]
    }

    fileprivate struct StoredCondition: Codable {
        var property: String
        var operatorName: String
        var text: String?
        var number: Double?
        var flag: Bool?
    }

    private enum CodingKeys: String, CodingKey {
        case name, purpose, salt, currency, waves, triggers
        case officePath = "office_path"
        case offerCode = "offer_code"
        case snapshotID = "snapshot_id"
        case controlBasisPoints = "control_basis_points"
        case conversionEventType = "conversion_event_type"
        case conversionWindowMicroseconds = "conversion_window_micros"
        case valueProperty = "value_property"
    }

    static func encode(_ plan: CampaignPlan) throws -> PostgresJSON {
        PostgresJSON(String(decoding: try JSONEncoder().encode(StoredPlan(plan)), as: UTF8.self))
    }

    static func decode(_ json: PostgresJSON) throws -> CampaignPlan {
        try JSONDecoder().decode(StoredPlan.self, from: Data(json.text.utf8)).plan
    }
}

extension StoredPlan {
    fileprivate init(_ plan: CampaignPlan) {
        name = plan.name
        officePath = plan.officePath
        offerCode = plan.offerCode
        purpose = plan.purpose
        snapshotID = plan.snapshotID
        controlBasisPoints = plan.controlBasisPoints
        salt = plan.salt
        conversionEventType = plan.conversionEventType
        conversionWindowMicroseconds = plan.conversionWindowMicroseconds
        valueProperty = plan.valueProperty
        currency = plan.currency
        waves = plan.waves.map {
            StoredWave(number: $0.number, channel: $0.channel, startsAtMicroseconds: $0.startsAt?.microseconds)
        }
        triggers = plan.triggers.map { trigger in
            StoredTrigger(
                eventType: trigger.eventType, channel: trigger.channel,
                conditions: trigger.conditions.map(StoredCondition.init))
        }
    }

    fileprivate var plan: CampaignPlan {
        CampaignPlan(
            name: name, officePath: officePath, offerCode: offerCode, purpose: purpose, snapshotID: snapshotID,
            controlBasisPoints: controlBasisPoints, salt: salt, conversionEventType: conversionEventType,
            conversionWindowMicroseconds: conversionWindowMicroseconds, valueProperty: valueProperty,
            currency: currency,
            waves: waves.map {
                Wave(
                    number: $0.number, channel: $0.channel,
                    startsAt: $0.startsAtMicroseconds.map(Date.init(microseconds:)))
            },
            triggers: triggers.map {
                Trigger(eventType: $0.eventType, conditions: $0.conditions.map(\.condition), channel: $0.channel)
            })
    }
}

extension StoredPlan.StoredCondition {
    fileprivate init(_ condition: TriggerCondition) {
        property = condition.property
        operatorName = condition.operatorName
        switch condition.value {
        case .text(let value): text = value
        case .number(let value): number = value
        case .flag(let value): flag = value
        case nil: break
        }
    }

    fileprivate var condition: TriggerCondition {
        let value: PropertyValue? =
            if let text { .text(text) } else if let number { .number(number) } else if let flag { .flag(flag) } else {
                nil
            }
        return TriggerCondition(property: property, operatorName: operatorName, value: value)
    }
}
