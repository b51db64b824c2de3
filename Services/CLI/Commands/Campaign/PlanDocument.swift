internal import Contracts
internal import Foundation

/// A plan as JSON, in the words of the gateway once its keys are in snake case: what `show --json` writes and `--plan`
/// reads.
struct PlanDocument: Encodable {
    private struct Wave: Encodable {
        var number: Int32
        var channel: String
        var startsAt: String?
    }

    private struct Trigger: Encodable {
        var eventType: String
        var conditions: [Condition]
        var channel: String
    }

    private struct Condition: Encodable {
        var property: String
        var `operator`: String
        var value: Value?
    }

    private enum Value: Encodable {
        case text(String)
        case number(Double)
        case flag(Bool)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            case .flag(let flag): try container.encode(flag)
            }
        }
    }

    private var name: String
    private var officePath: String
    private var offerCode: String
    private var purpose: String
    private var snapshotID: Int64
    private var controlBasisPoints: Int32
    private var salt: String
    private var conversionEventType: String
    private var conversionWindowSeconds: Int64
    private var valueProperty: String
    private var currency: String
    private var waves: [Wave]
    private var triggers: [Trigger]

    init(_ plan: CampaignV1.CampaignPlan) {
        name = plan.name
        officePath = plan.officePath
        offerCode = plan.offerCode
        purpose = plan.purpose
        snapshotID = plan.snapshotID
        controlBasisPoints = plan.controlBasisPoints
        salt = plan.salt
        conversionEventType = plan.conversionEventType
        conversionWindowSeconds = plan.conversionWindowMicros / 1_000_000
        valueProperty = plan.valueProperty
        currency = plan.currency
        waves = plan.waves.map { wave in
            let start = wave.startsAtMicros == 0 ? nil : Moment.text(microseconds: wave.startsAtMicros)
            return Wave(number: wave.number, channel: wave.channel, startsAt: start)
        }
        triggers = plan.triggers.map { trigger in
            Trigger(
                eventType: trigger.eventType, conditions: trigger.conditions.map(Self.condition),
                channel: trigger.channel)
        }
    }

    private static func condition(_ condition: CampaignV1.TriggerCondition) -> Condition {
        let value: Value? =
            switch condition.value {
            case .text(let text): .text(text)
            case .number(let number): .number(number)
            case .flag(let flag): .flag(flag)
            case nil: nil
            }
        return Condition(property: condition.property, operator: condition.operator, value: value)
    }
}
