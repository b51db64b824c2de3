internal import Contracts
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import RPC
internal import ServiceKit

extension ProfileHandler {
    func setConsents(
        _ request: ProfileV1.SetConsentsRequest, context: CallContext
    ) async throws -> ProfileV1.SetConsentsResponse {
        let principal = try Gate.require(.writeConsents, context)
        let reference = try Self.reference(request.customer)
        let now = try await dependencies.clock.now()
        let consents = try Self.checked { () throws(FieldProblem) in
            try ImportRow.each(request.consents, "consents") { (proto) throws(FieldProblem) in
                try Consent(proto, receivedAt: now)
            }
        }
        guard Set(consents.map { "\($0.purpose) \($0.channel)" }).count == consents.count else {
            throw ProfileFailure.field(
                FieldProblem(
                    field: "consents", code: "repeated", reason: "Name each purpose and channel once in a call."))
        }
        return try await change(context, request) { connection in
            let (key, _) = try await hold(reference, for: principal, in: connection)
            try await ConsentStorage.takeGuards([key], in: connection)
            let located = consents.map { LocatedConsent(key: key, consent: $0) }
            let counting = try await ConsentStorage.notOutdated(located, isSaidNow: true, at: now, in: connection)
            guard counting.count == located.count else {
                throw ProfileFailure.outdatedConsent
            }
            try await ConsentStorage.put(located, at: now, in: connection)
            let entry = try LogEntries(at: now).consented(consents, by: key)
            let offsets = try await writer.append([entry], in: connection)
            return ProfileV1.SetConsentsResponse(
                customerID: key.customerID, position: Self.position([key.partition: offsets[0]]))
        }
    }

    func setSuppression(
        _ request: ProfileV1.SetSuppressionRequest, context: CallContext
    ) async throws -> ProfileV1.SetSuppressionResponse {
        let principal = try Gate.require(.writeConsents, context)
        let reference = try Self.reference(request.customer)
        guard Names.isPlain(request.reason, atMost: 32) else {
            throw ProfileFailure.field(
                FieldProblem(
                    field: "reason", code: "reason", reason: "Give the reason as a code, for example complaint."))
        }
        let now = try await dependencies.clock.now()
        return try await change(context, request) { connection in
            let (key, _) = try await hold(reference, for: principal, in: connection)
            try await ConsentStorage.takeGuards([key], in: connection)
            try await ConsentStorage.suppress(
                request.suppressed, reason: request.reason, key, at: now, in: connection)
            let entry = try LogEntries(at: now).suppression(request.suppressed, reason: request.reason, of: key)
            let offsets = try await writer.append([entry], in: connection)
            return ProfileV1.SetSuppressionResponse(
                customerID: key.customerID, position: Self.position([key.partition: offsets[0]]))
        }
    }
}
