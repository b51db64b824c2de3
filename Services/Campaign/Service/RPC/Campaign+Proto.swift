internal import CampaignDomain
internal import Contracts
internal import Foundation
internal import Postgres

extension CampaignPlan {
    init(_ message: CampaignV1.CampaignPlan) {
        self.init(
            name: message.name, officePath: message.officePath, offerCode: message.offerCode,
            purpose: message.purpose, snapshotID: message.snapshotID,
            controlBasisPoints: message.controlBasisPoints, salt: message.salt,
            conversionEventType: message.conversionEventType,
            conversionWindowMicroseconds: message.conversionWindowMicros, valueProperty: message.valueProperty,
            currency: message.currency,
            waves: message.waves.map {
                Wave(
                    number: $0.number, channel: $0.channel,
                    startsAt: $0.startsAtMicros == 0 ? nil : Date(microseconds: $0.startsAtMicros))
            },
            triggers: message.triggers.map {
                Trigger(
                    eventType: $0.eventType, conditions: $0.conditions.map(TriggerCondition.init), channel: $0.channel)
            })
    }
}

extension CampaignV1.CampaignPlan {
    init(_ plan: CampaignPlan) {
        self.init(
            name: plan.name, officePath: plan.officePath, offerCode: plan.offerCode, purpose: plan.purpose,
            snapshotID: plan.snapshotID, controlBasisPoints: plan.controlBasisPoints, salt: plan.salt,
            conversionEventType: plan.conversionEventType,
            conversionWindowMicros: plan.conversionWindowMicroseconds, valueProperty: plan.valueProperty,
            currency: plan.currency,
            waves: plan.waves.map {
                CampaignV1.Wave(
                    number: $0.number, channel: $0.channel, startsAtMicros: $0.startsAt?.microseconds ?? 0)
            },
            triggers: plan.triggers.map {
                CampaignV1.Trigger(
                    eventType: $0.eventType, conditions: $0.conditions.map(CampaignV1.TriggerCondition.init),
                    channel: $0.channel)
            })
    }
}

extension TriggerCondition {
    fileprivate init(_ message: CampaignV1.TriggerCondition) {
        let value: PropertyValue? =
            switch message.value {
            case .text(let text): .text(text)
            case .number(let number): .number(number)
            case .flag(let flag): .flag(flag)
            case nil: nil
            }
        self.init(property: message.property, operatorName: message.operator, value: value)
    }
}

extension CampaignV1.TriggerCondition {
    fileprivate init(_ condition: TriggerCondition) {
        self.init(property: condition.property, operator: condition.operatorName)
        switch condition.value {
        case .text(let text): value = .text(text)
        case .number(let number): value = .number(number)
        case .flag(let flag): value = .flag(flag)
        case nil: value = nil
        }
    }
}

extension CampaignV1.Campaign {
    init(_ campaign: Campaign, _ totals: CampaignTotals? = nil, _ wait: QuietWait? = nil) {
        self.init(
            campaignID: campaign.id, plan: CampaignV1.CampaignPlan(campaign.plan),
            state: CampaignV1.CampaignState(campaign.state), version: campaign.version, maker: campaign.maker,
            checker: campaign.checker, createdAtMicros: campaign.createdAt.microseconds,
            startedAtMicros: campaign.startedAt?.microseconds ?? 0,
            closedAtMicros: campaign.closedAt?.microseconds ?? 0, imported: campaign.isImported,
            offerTitle: campaign.words.title, offerText: campaign.words.text)
        guard let totals else { return }
        progress = CampaignV1.Progress(done: totals.done, total: totals.audience, wave: totals.wave)
        deliveries = totals.deliveries
        refused = totals.refused
        held = totals.held
        quietWait = wait.map {
            CampaignV1.QuietWait(deliveries: $0.contacts, untilMicros: $0.until?.microseconds ?? 0)
        }
    }
}

extension CampaignV1.CampaignState {
    fileprivate init(_ state: CampaignState) {
        switch state {
        case .draft: self = .draft
        case .approved: self = .approved
        case .running: self = .running
        case .paused: self = .paused
        case .closed: self = .closed
        }
    }
}
