internal import Contracts
internal import Foundation
internal import Postgres
internal import ProfileDomain

extension ImportRow {
    var proto: ProfileV1.ImportRow {
        ProfileV1.ImportRow(
            rowNumber: rowNumber, identities: identities.map { CommonV1.Identity(kind: $0.kind, value: $0.value) },
            officePath: office.path == "/" ? "" : office.path, manager: manager,
            traits: traits.sorted { $0.key < $1.key }.map { ProfileV1.Trait(name: $0.key, value: $0.value?.proto) },
            consents: consents.map(\.proto),
            events: events.map { $0.proto(of: identities[0]) })
    }
}

extension TraitValue {
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
    var proto: ProfileV1.Consent {
        ProfileV1.Consent(
            purpose: purpose, channel: channel, granted: granted, validFromMicros: validFrom.microseconds,
            validUntilMicros: validUntil?.microseconds ?? 0, source: source)
    }
}

extension BehaviourEvent {
    func proto(of identity: Identity) -> ProfileV1.Event {
        ProfileV1.Event(
            eventID: id,
            customer: CommonV1.CustomerReference(
                by: .identity(CommonV1.Identity(kind: identity.kind, value: identity.value))),
            type: type, occurredAtMicros: occurredAt.microseconds, propertiesJSON: propertiesJSON ?? "")
    }
}

extension TraitDefinition {
    var proto: ProfileV1.TraitDefinition {
        ProfileV1.TraitDefinition(
            name: name, type: ProfileV1.TraitType(rawValue: Int32(type.rawValue)), meaning: meaning, source: source,
            refresh: refresh, sensitivity: ProfileV1.Sensitivity(rawValue: Int32(sensitivity.rawValue)), known: .before)
    }
}
