internal import Contracts
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import RPC
internal import ServiceKit

extension ProfileHandler {
    func defineTraits(
        _ request: ProfileV1.DefineTraitsRequest, context: CallContext
    ) async throws -> ProfileV1.DefineTraitsResponse {
        let (right, audit) = (Right.editDictionary, dependencies.audit)
        let person = try await audit.require(right, context, what: "traits", pool: pool)
        guard person.officePath == "/" else {
            await audit.appendRefusal(right, context, what: "traits", reason: "OFFICE", pool: pool)
            throw ProfileFailure.wholeBankOnly
        }
        let definitions = try Self.checked { () throws(FieldProblem) in
            try ImportRow.each(request.traits, "traits") { (proto) throws(FieldProblem) in try TraitDefinition(proto) }
        }
        let now = try await dependencies.clock.now()
        return try await change(context, request) { connection in
            let current = try await DictionaryStorage.lock(in: connection)
            let wanted = try Self.checked { () throws(FieldProblem) in try current.changes(for: definitions) }
            guard !wanted.isEmpty else {
                return ProfileV1.DefineTraitsResponse(dictionaryVersion: current.version)
            }
            let version = try await DictionaryStorage.apply(wanted, to: current, at: now, in: connection)
            try await audit.append(
                AuditEntry(context, right: right, what: "traits \(wanted.auditText(from: current))", result: .done),
                in: connection)
            return ProfileV1.DefineTraitsResponse(dictionaryVersion: version)
        }
    }

    func listTraits(
        _ request: ProfileV1.ListTraitsRequest, context: CallContext
    ) async throws -> ProfileV1.ListTraitsResponse {
        let dictionary = try await pool.withConnection(deadline: context.deadline) { connection in
            try await self.dictionary.current(in: connection)
        }
        return ProfileV1.ListTraitsResponse(
            traits: dictionary.definitions.map(\.proto), dictionaryVersion: dictionary.version)
    }
}
