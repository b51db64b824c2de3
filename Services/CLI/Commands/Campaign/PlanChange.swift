internal import Contracts

/// What a person wants of a plan: what is nil stays as it is.
struct PlanChange: Sendable, Hashable {
    var name: String?
    var officePath: String?
    var offerCode: String?
    var purpose: String?
    var snapshotID: Int64?
    var controlBasisPoints: Int32?
    var salt: String?
    var conversionEventType: String?
    var conversionWindowMicros: Int64?
    var valueProperty: String?
    var currency: String?
    /// All waves of the plan, in their order.
    var waves: [CampaignV1.Wave]?
    /// All triggers of the plan.
    var triggers: [CampaignV1.Trigger]?

    func apply(to plan: inout CampaignV1.CampaignPlan) {
        func set<Value>(_ path: WritableKeyPath<CampaignV1.CampaignPlan, Value>, _ value: Value?) {
            if let value { plan[keyPath: path] = value }
        }
        set(\.name, name)
        set(\.officePath, officePath)
        set(\.offerCode, offerCode)
        set(\.purpose, purpose)
        set(\.snapshotID, snapshotID)
        set(\.controlBasisPoints, controlBasisPoints)
        set(\.salt, salt)
        set(\.conversionEventType, conversionEventType)
        set(\.conversionWindowMicros, conversionWindowMicros)
        set(\.valueProperty, valueProperty)
        set(\.currency, currency)
        set(\.waves, waves)
        set(\.triggers, triggers)
    }
}
