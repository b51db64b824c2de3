internal import Contracts
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import RPC
internal import ServiceKit

extension ProfileHandler {
    static let timelineLimit: Int32 = 200

    func identify(
        _ request: ProfileV1.IdentifyRequest, context: CallContext
    ) async throws -> ProfileV1.IdentifyResponse {
        let principal = try Gate.require(.writeEvents, context)
        let now = try await dependencies.clock.now()
        return try await change(context, request) { connection in
            let dictionary = try await dictionary.current(in: connection)
            let row = try Self.checked { () throws(FieldProblem) in
                try Self.row(request, dictionary, receivedAt: now)
            }
            if row.office != .none {
                try Gate.requireOffice(row.office.path, within: principal)
            }
            let intake = RowIntake(
                writer: writer, source: request.source, moment: now, scope: principal.officePath)
            let stored = try await intake.store([row], dictionary: dictionary, in: connection)
            guard stored.customers[0] != .failure(HomePlan.elsewhere) else { throw ProfileFailure.identityElsewhere }
            let home = try Self.checked { () throws(FieldProblem) in try stored.customers[0].get() }
            return ProfileV1.IdentifyResponse(
                customerID: home, created: stored.created.contains(home), position: Self.position(stored.offsets))
        }
    }

    private static func row(
        _ request: ProfileV1.IdentifyRequest, _ dictionary: TraitDictionary, receivedAt: Date
    ) throws(FieldProblem) -> ImportRow {
        let identity: Identity
        do throws(FieldProblem) {
            identity = try Identity(request.identity ?? CommonV1.Identity())
        } catch {
            throw error.below("identity")
        }
        return try ImportRow(
            rowNumber: 1, identities: [identity], office: Office(request.officePath), manager: request.manager,
            traits: try ImportRow.traits(request.traits, dictionary), consents: [], events: [])
    }

    func alias(_ request: ProfileV1.AliasRequest, context: CallContext) async throws -> ProfileV1.AliasResponse {
        let principal = try Gate.require(.writeEvents, context)
        let reference = try Self.reference(request.customer)
        let identity = try Self.checked { () throws(FieldProblem) in
            try ImportRow.each([request.identity ?? CommonV1.Identity()], "identity") { (proto) throws(FieldProblem) in
                try Identity(proto)
            }[0]
        }
        let now = try await dependencies.clock.now()
        return try await change(context, request) { connection in
            let (key, held) = try await hold(reference, for: principal, in: connection)
            // Looked up only now: who links to this customer holds it.
            let holder = try await IdentityStorage.homes(of: [identity], in: connection)[identity]
            guard holder == nil || holder == key.customerID else { throw ProfileFailure.bothAreCustomers }
            var response = ProfileV1.AliasResponse(customerID: key.customerID, linked: holder == nil)
            guard holder == nil else { return response }
            let isNumber = identity.kind == Identity.customerNumberKind
            guard !isNumber || !held.hasNumber else { throw ProfileFailure.secondNumber }
            let claimed = try await IdentityStorage.claim([(identity, key.customerID)], in: connection)
            guard claimed[identity] == key.customerID else { throw ProfileFailure.bothAreCustomers }
            try await IdentityStorage.link([(identity, key.customerID)], at: now, in: connection)
            if isNumber {
                try await CustomerStorage.setNumber(identity.value, of: key, in: connection)
            }
            let offsets = try await writer.append([LogEntries(at: now).linked(identity, to: key)], in: connection)
            response.position = Self.position([key.partition: offsets[0]])
            return response
        }
    }

    func getCustomer(
        _ request: ProfileV1.GetCustomerRequest, context: CallContext
    ) async throws -> ProfileV1.GetCustomerResponse {
        let principal = try Gate.require(.readCustomers, context)
        let reference = try Self.reference(request.customer)
        guard (0...Self.timelineLimit).contains(request.timelineLimit) else {
            throw ProfileFailure.field(
                FieldProblem(
                    field: "timeline_limit", code: "limit", reason: "Ask for at most \(Self.timelineLimit) entries."))
        }
        let (key, dictionary) = try await pool.withConnection(deadline: context.deadline) { connection in
            (try await locate(reference, in: connection), try await self.dictionary.current(in: connection))
        }
        let options = TransactionOptions(
            isReadOnly: true, officePath: principal.officePath, deadline: context.deadline)
        let limit = Int(request.timelineLimit)
        let (customer, timeline) = try await dependencies.requestPool.transaction(options) { connection in
            guard let customer = try await CustomerReader.read(key, dictionary: dictionary, in: connection) else {
                throw ProfileFailure.unknownCustomer
            }
            // What a customer itself takes goes first: whoever asks for more than a message holds gets the newest of it.
            let room = RPCLimits.messageBytes - 2 * RPCLimits.envelopeBytes - (try customer.proto.packed().count)
            let timeline = try await CustomerReader.timeline(
                key, limit: limit, bytes: min(RPCLimits.pageBytes, room), in: connection)
            return (customer, timeline)
        }
        let shown = request.reveal ? try await reveal(customer, request, context) : customer.masked(by: dictionary)
        return ProfileV1.GetCustomerResponse(customer: shown.proto, timeline: timeline.map(\.proto))
    }

    /// Shows what is masked to who has the right and gives a reason, once the audit log has it.
    private func reveal(
        _ customer: Customer, _ request: ProfileV1.GetCustomerRequest, _ context: CallContext
    ) async throws -> Customer {
        let what = "customer \(customer.customerID)"
        _ = try await dependencies.audit.require(.revealCustomers, context, what: what, pool: pool)
        // It stands in the audit log for ever, which holds ids and codes alone.
        guard Names.isPlain(request.revealReason, atMost: 32) else {
            throw ProfileFailure.field(
                FieldProblem(
                    field: "reveal_reason", code: "reason",
                    reason: "Give the reason as a code, for example callback_asked."))
        }
        try await dependencies.audit.append(
            AuditEntry(
                context, right: .revealCustomers, what: what, reason: request.revealReason, result: .done),
            pool: pool)
        return customer
    }

    static func reference(_ proto: CommonV1.CustomerReference?) throws -> CustomerReference {
        try checked { () throws(FieldProblem) in
            do throws(FieldProblem) {
                return try CustomerReference(proto)
            } catch {
                throw error.below("customer")
            }
        }
    }
}
