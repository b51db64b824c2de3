internal import Contracts
internal import Foundation
internal import Postgres
internal import ProfileDomain

extension Identity {
    init(_ proto: CommonV1.Identity) throws(FieldProblem) {
        try self.init(kind: proto.kind, value: proto.value)
    }

    var proto: CommonV1.Identity { CommonV1.Identity(kind: kind, value: value) }
}

extension CustomerReference {
    init(_ proto: CommonV1.CustomerReference?) throws(FieldProblem) {
        switch proto?.by {
        case .customerID(let id):
            guard id > 0 else {
                throw FieldProblem(field: "customer_id", code: "customer_id", reason: "A ONE_ID is greater than 0.")
            }
            self = .customerID(id)
        case .identity(let identity):
            do throws(FieldProblem) {
                self = .identity(try Identity(identity))
            } catch {
                throw error.below("identity")
            }
        case nil:
            throw FieldProblem(
                field: "", code: "customer", reason: "Name the customer by customer_id or by an identity.")
        }
    }
}

extension TraitValue {
    init?(_ proto: ProfileV1.Trait.Value?) {
        switch proto {
        case .text(let text): self = .text(text)
        case .integer(let number): self = .integer(number)
        case .decimal(let number): self = .decimal(number)
        case .flag(let flag): self = .flag(flag)
        case .timeMicros(let micros): self = .time(Date(microseconds: micros))
        case nil: return nil
        }
    }

    var proto: ProfileV1.Trait.Value {
        switch self {
        case .text(let text): .text(text)
        case .integer(let number): .integer(number)
        case .decimal(let number): .decimal(number)
        case .flag(let flag): .flag(flag)
        case .time(let time): .timeMicros(time.microseconds)
        }
    }
}

extension Consent {
    /// A consent without a beginning holds from the moment it is given.
    init(_ proto: ProfileV1.Consent, receivedAt: Date) throws(FieldProblem) {
        try self.init(
            purpose: proto.purpose, channel: proto.channel, granted: proto.granted,
            validFrom: proto.validFromMicros == 0 ? receivedAt : Date(microseconds: proto.validFromMicros),
            validUntil: proto.validUntilMicros == 0 ? nil : Date(microseconds: proto.validUntilMicros),
            source: proto.source)
    }

    var proto: ProfileV1.Consent {
        ProfileV1.Consent(
            purpose: purpose, channel: channel, granted: granted, validFromMicros: validFrom.microseconds,
            validUntilMicros: validUntil?.microseconds ?? 0, source: source)
    }
}

extension BehaviourEvent {
    init(_ proto: ProfileV1.Event, receivedAt: Date) throws(FieldProblem) {
        try self.init(
            id: proto.eventID, type: proto.type, occurredAt: Date(microseconds: proto.occurredAtMicros),
            propertiesJSON: proto.propertiesJSON, receivedAt: receivedAt)
    }
}

extension FieldProblem {
    var proto: CommonV1.Refusal { CommonV1.Refusal(field: field, code: code, reason: reason) }
}

extension TraitDefinition {
    init(_ proto: ProfileV1.TraitDefinition) throws(FieldProblem) {
        guard let type = TraitType(rawValue: Int16(clamping: proto.type.rawValue)) else {
            throw FieldProblem(
                field: "type", code: "trait_type", reason: "Choose text, integer, decimal, flag or time as the type.")
        }
        guard let sensitivity = Sensitivity(rawValue: Int16(clamping: proto.sensitivity.rawValue)) else {
            throw FieldProblem(field: "sensitivity", code: "sensitivity", reason: "Choose C1, C2 or C3.")
        }
        guard let known = Known(rawValue: Int16(clamping: proto.known.rawValue)) else {
            throw FieldProblem(
                field: "known", code: "known", reason: "Say whether the value is known before or after a contact.")
        }
        try self.init(
            name: proto.name, type: type, meaning: proto.meaning, source: proto.source, refresh: proto.refresh,
            sensitivity: sensitivity, known: known)
    }

    var proto: ProfileV1.TraitDefinition {
        ProfileV1.TraitDefinition(
            name: name, type: ProfileV1.TraitType(rawValue: Int32(type.rawValue)), meaning: meaning, source: source,
            refresh: refresh, sensitivity: ProfileV1.Sensitivity(rawValue: Int32(sensitivity.rawValue)), known: .before)
    }
}

extension Customer {
    var proto: ProfileV1.Customer {
        ProfileV1.Customer(
            customerID: customerID, officePath: office, manager: manager, identities: identities.map(\.proto),
            traits: traits.sorted { $0.key < $1.key }.map { ProfileV1.Trait(name: $0.key, value: $0.value.proto) },
            consents: consents.map(\.proto), suppressed: suppressed, tags: tags,
            createdAtMicros: createdAt.microseconds)
    }
}

extension TimelineEntry {
    var proto: ProfileV1.TimelineEntry {
        ProfileV1.TimelineEntry(
            kind: kind, subject: subject, occurredAtMicros: occurredAt.microseconds, propertiesJSON: propertiesJSON)
    }
}
