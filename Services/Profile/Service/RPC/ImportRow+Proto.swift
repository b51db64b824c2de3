internal import Contracts
internal import Foundation
internal import ProfileDomain

extension ImportRow {
    /// Checks a row against the dictionary; the problem's field is a path within the row.
    ///
    /// - Parameter consentsFrom: from when on a consent holds that names no moment itself.
    init(
        _ proto: ProfileV1.ImportRow, dictionary: TraitDictionary, receivedAt: Date, consentsFrom: Date
    ) throws(FieldProblem) {
        try self.init(
            rowNumber: proto.rowNumber,
            identities: try Self.each(proto.identities, "identities") { (item) throws(FieldProblem) in
                try Identity(item)
            },
            office: try Office(proto.officePath), manager: proto.manager,
            traits: try Self.traits(proto.traits, dictionary),
            consents: try Self.each(proto.consents, "consents") { (item) throws(FieldProblem) in
                try Consent(item, receivedAt: consentsFrom)
            },
            events: try Self.each(proto.events, "events") { (item) throws(FieldProblem) in
                try BehaviourEvent(item, receivedAt: receivedAt)
            })
    }

    /// Traits by name, checked; a repeated name keeps its last value.
    static func traits(
        _ protos: [ProfileV1.Trait], _ dictionary: TraitDictionary
    ) throws(FieldProblem) -> [String: TraitValue?] {
        var traits: [String: TraitValue?] = [:]
        for (index, trait) in protos.enumerated() {
            do throws(FieldProblem) {
                traits.updateValue(try dictionary.check(trait.name, TraitValue(trait.value)), forKey: trait.name)
            } catch {
                throw error.below("traits[\(index)]")
            }
        }
        return traits
    }

    /// Maps a list, naming the item that is at fault.
    static func each<Proto, Value>(
        _ protos: [Proto], _ field: String, _ make: (Proto) throws(FieldProblem) -> Value
    ) throws(FieldProblem) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(protos.count)
        for (index, proto) in protos.enumerated() {
            do throws(FieldProblem) {
                values.append(try make(proto))
            } catch {
                throw error.below("\(field)[\(index)]")
            }
        }
        return values
    }
}
