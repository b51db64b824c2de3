internal import Contracts
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import RPC
internal import ServiceKit

extension ProfileHandler {
    func putOrganisation(
        _ request: ProfileV1.PutOrganisationRequest, context: CallContext
    ) async throws -> ProfileV1.PutOrganisationResponse {
        let principal = try await dependencies.audit.require(
            .editOrganisation, context, what: "organisation", pool: pool)
        let offices = try Self.checked { () throws(FieldProblem) in try Self.offices(request.offices) }
        let staff = try Self.checked { () throws(FieldProblem) in
            try ImportRow.each(request.staff, "staff") { (proto) throws(FieldProblem) in
                try Staff(
                    number: proto.staffNumber, name: proto.name, office: Office(proto.officePath), duty: proto.duty)
            }
        }
        try Self.requireOwn(offices.map(\.path), staff, principal)
        let now = try await dependencies.clock.now()
        return try await change(context, request) { connection in
            let named = Set(offices.map(\.path.path))
            let missing = try await OrganisationStorage.missing(
                Set(staff.map(\.office.path)).subtracting(named), in: connection)
            guard missing.isEmpty else {
                throw ProfileFailure.field(
                    FieldProblem(
                        field: "staff", code: "unknown_office",
                        reason: "Send the offices of the staff first or with them."))
            }
            guard
                try await OrganisationStorage.put(
                    offices: offices, staff: staff, within: principal.officePath, at: now, in: connection)
            else { throw ProfileFailure.staffElsewhere }
            try await dependencies.audit.append(
                AuditEntry(
                    context, right: .editOrganisation, what: Self.auditText(offices.map(\.path), staff),
                    result: .done),
                in: connection)
            return ProfileV1.PutOrganisationResponse()
        }
    }

    /// Each office and each member of the staff is named once, and belongs to the person's own office or one below it.
    private static func requireOwn(_ offices: [Office], _ staff: [Staff], _ principal: Principal) throws {
        guard Set(offices.map(\.path)).count == offices.count else {
            throw ProfileFailure.field(
                FieldProblem(field: "offices", code: "repeated", reason: "Name each office once in a call."))
        }
        guard Set(staff.map { ExactText($0.number) }).count == staff.count else {
            throw ProfileFailure.field(
                FieldProblem(field: "staff", code: "repeated", reason: "Name each staff number once in a call."))
        }
        for (index, office) in offices.enumerated() {
            try Gate.requireOffice(office.path, within: principal, field: "offices[\(index)].path")
        }
        for (index, member) in staff.enumerated() {
            try Gate.requireOffice(member.office.path, within: principal, field: "staff[\(index)].office_path")
        }
    }

    /// What auditors read: offices by their paths, staff by their numbers with office and duty; nobody's name.
    private static func auditText(_ offices: [Office], _ staff: [Staff]) -> String {
        let members = staff.map { "\($0.number) (\($0.duty), \($0.office.path))" }
        return [("offices", offices.map(\.path)), ("staff", members)].filter { !$0.1.isEmpty }
            .map { "\($0.0) \(AuditEntry.list($0.1))" }.joined(separator: "; ")
    }

    private static func offices(_ protos: [ProfileV1.Office]) throws(FieldProblem) -> [(path: Office, name: String)] {
        try ImportRow.each(protos, "offices") { (proto) throws(FieldProblem) in
            guard !proto.path.isEmpty, proto.path != "/" else {
                throw FieldProblem(field: "path", code: "office_path", reason: "Give the path of the office.")
            }
            guard Names.isValue(proto.name, atMost: 120) else {
                throw FieldProblem(field: "name", code: "name", reason: "Give the name, at most 120 characters.")
            }
            return (try Office(proto.path), proto.name)
        }
    }

    func listOffices(
        _ request: ProfileV1.ListOfficesRequest, context: CallContext
    ) async throws -> ProfileV1.ListOfficesResponse {
        let principal = try Gate.require(.readReports, context)
        let scope = principal.officePath
        let after = try dependencies.pages.position(
            of: request.pageCursor, method: context.method, scope: scope
        ).map { String(decoding: $0, as: UTF8.self) }
        let rows = try await pool.withConnection(deadline: context.deadline) { connection in
            try await OrganisationStorage.offices(after: after ?? "", within: scope, limit: 501, in: connection)
        }
        var response = ProfileV1.ListOfficesResponse()
        response.offices = rows.prefix(500).map { ProfileV1.Office(path: $0.path, name: $0.name) }
        if rows.count > 500, let last = response.offices.last {
            response.nextPageCursor = dependencies.pages.sign(
                Array(last.path.utf8), method: context.method, scope: scope)
        }
        return response
    }
}
