internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres
internal import ProfileDomain

/// Entries of profile.log, made from domain values; their bodies are contracts (profile/v1/log.proto).
struct LogEntries: Sendable {
    let occurredAt: Date
    let recordedAt: Date

    /// For a change that happens as it is recorded.
    init(at moment: Date) {
        occurredAt = moment
        recordedAt = moment
    }

    func created(_ customer: NewCustomer, by identity: Identity) throws -> NewLogEntry {
        var body = ProfileV1.CustomerCreated()
        body.officePath = customer.office.path
        body.manager = customer.manager
        body.identity = identity.proto
        return entry(.created, customer.key, try body.packed())
    }

    func linked(_ identity: Identity, to key: CustomerKey) throws -> NewLogEntry {
        var body = ProfileV1.IdentityLinked()
        body.identity = identity.proto
        return entry(.identity, key, try body.packed())
    }

    func assigned(_ customer: NewCustomer) throws -> NewLogEntry {
        var body = ProfileV1.CustomerAssigned()
        body.officePath = customer.office.path
        body.manager = customer.manager
        return entry(.assigned, customer.key, try body.packed())
    }

    func changed(_ changes: [TraitChange], source: String, of key: CustomerKey) throws -> NewLogEntry {
        var body = ProfileV1.TraitsChanged()
        body.source = source
        body.changes = changes.map { change in
            var one = ProfileV1.TraitsChanged.Change()
            one.name = change.name
            one.oldValue = change.oldValue?.logged
            one.newValue = change.newValue?.logged
            return one
        }
        return entry(.traits, key, try body.packed())
    }

    func consented(_ consents: [Consent], by key: CustomerKey) throws -> NewLogEntry {
        var body = ProfileV1.ConsentsChanged()
        body.consents = consents.map(\.proto)
        return entry(.consents, key, try body.packed())
    }

    func suppression(_ suppressed: Bool, reason: String, of key: CustomerKey) throws -> NewLogEntry {
        var body = ProfileV1.SuppressionChanged()
        body.suppressed = suppressed
        body.reason = reason
        return entry(.suppression, key, try body.packed())
    }

    func event(_ located: LocatedEvent) -> NewLogEntry {
        NewLogEntry(
            customerID: located.key.customerID, kind: EntryKind.event.rawValue, subject: located.event.type,
            dedupeKey: located.event.id, occurredAt: located.event.occurredAt, recordedAt: recordedAt,
            propertiesJSON: located.event.propertiesJSON, body: nil)
    }

    private func entry(_ kind: EntryKind, _ key: CustomerKey, _ body: [UInt8]) -> NewLogEntry {
        NewLogEntry(
            customerID: key.customerID, kind: kind.rawValue, subject: "", dedupeKey: nil, occurredAt: occurredAt,
            recordedAt: recordedAt, propertiesJSON: nil, body: body)
    }
}

extension TraitValue {
    /// As the log keeps it.
    fileprivate var logged: ProfileV1.TraitValue {
        switch self {
        case .text(let text): ProfileV1.TraitValue(value: .text(text))
        case .integer(let number): ProfileV1.TraitValue(value: .integer(number))
        case .decimal(let number): ProfileV1.TraitValue(value: .decimal(number))
        case .flag(let flag): ProfileV1.TraitValue(value: .flag(flag))
        case .time(let time): ProfileV1.TraitValue(value: .timeMicros(time.microseconds))
        }
    }
}
