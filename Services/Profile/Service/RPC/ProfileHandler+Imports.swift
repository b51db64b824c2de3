internal import Contracts
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import RPC
internal import ServiceKit

extension ProfileHandler {
    /// A mapping of a thousand columns.
    private static var mappingByteLimit: Int { 262_144 }

    func openImport(
        _ request: ProfileV1.OpenImportRequest, context: CallContext
    ) async throws -> ProfileV1.OpenImportResponse {
        let principal = try Gate.require(.importCustomers, context)
        try Self.checked { () throws(FieldProblem) in
            guard request.importKey.utf8.count == 64,
                request.importKey.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
            else {
                throw FieldProblem(
                    field: "import_key", code: "import_key",
                    reason: "Give the SHA-256 of mapping and file in lower-case hex digits.")
            }
            guard request.title.unicodeScalars.count <= 200 else {
                throw FieldProblem(field: "title", code: "title", reason: "Give a title of at most 200 characters.")
            }
            do throws(FieldProblem) {
                try JSONObjectCheck.check(request.mappingJSON, byteLimit: Self.mappingByteLimit)
            } catch {
                let reason =
                    error.code == "properties_size"
                    ? "A mapping may have at most \(Self.mappingByteLimit) bytes: shorten its meanings, or import in parts."
                    : "Send the mapping as a JSON object."
                throw FieldProblem(field: "mapping_json", code: error.code, reason: reason)
            }
        }
        let now = try await dependencies.clock.now()
        let state = try await pool.transaction(TransactionOptions(deadline: context.deadline)) { connection in
            try await ImportStorage.open(
                key: request.importKey, title: request.title, mappingJSON: request.mappingJSON,
                by: (principal.user, principal.officePath), at: now, in: connection)
        }
        guard OfficePath.isWithin(state.office, scope: principal.officePath) else {
            throw ProfileFailure.importElsewhere
        }
        return ProfileV1.OpenImportResponse(
            importID: state.importID, nextChunk: state.nextChunk, rowsAccepted: state.rowsAccepted,
            rowsRejected: state.rowsRejected, closed: state.isClosed, openedAtMicros: state.openedAt.microseconds,
            timeZone: dependencies.clock.timeZone.identifier)
    }

    /// Chunks are numbered, so that one that comes again after a lost reply is answered from what was stored.
    func importRows(
        _ request: ProfileV1.ImportRowsRequest, context: CallContext
    ) async throws -> ProfileV1.ImportRowsResponse {
        let principal = try Gate.require(.importCustomers, context)
        let now = try await dependencies.clock.now()
        return try await change(context, request) { connection in
            let state = try await lock(request.importID, for: principal, in: connection)
            if request.chunk < state.nextChunk,
                let reply = try await ImportStorage.storedReply(
                    request.importID, chunk: request.chunk, in: connection)
            {
                return try ProfileV1.ImportRowsResponse(unpacking: reply)
            }
            guard !state.isClosed else { throw ProfileFailure.importClosed }
            guard request.chunk == state.nextChunk else {
                throw ProfileFailure.chunkOutOfOrder(expected: state.nextChunk)
            }
            let dictionary = try await dictionary.current(in: connection)
            let response = try await store(request, state, principal, dictionary, now, in: connection)
            try await ImportStorage.finishChunk(
                request.importID, chunk: request.chunk, accepted: response.rowsAccepted,
                rejected: Int64(response.rejected.count), reply: try response.packed(), in: connection)
            return response
        }
    }

    /// An import goes on for its opener's office and those above it; to all others it does not exist.
    private func lock(
        _ importID: Int64, for principal: Principal, in connection: PostgresConnection
    ) async throws -> ImportState {
        let state = try await ImportStorage.lock(importID, in: connection)
        guard OfficePath.isWithin(state.office, scope: principal.officePath) else {
            throw ProfileFailure.unknownImport
        }
        return state
    }

    private func store(
        _ request: ProfileV1.ImportRowsRequest, _ state: ImportState, _ principal: Principal,
        _ dictionary: TraitDictionary, _ now: Date, in connection: PostgresConnection
    ) async throws -> ProfileV1.ImportRowsResponse {
        var response = ProfileV1.ImportRowsResponse()
        var rows: [ImportRow] = []
        for proto in request.rows {
            do throws(FieldProblem) {
                // Consents hold from the moment of the import on, whenever its chunks arrive.
                let row = try ImportRow(
                    proto, dictionary: dictionary, receivedAt: now, consentsFrom: state.openedAt)
                guard row.office == .none || OfficePath.isWithin(row.office.path, scope: principal.officePath) else {
                    throw FieldProblem(
                        field: "office_path", code: "scope", reason: "That office is not yours or below yours.")
                }
                rows.append(row)
            } catch {
                response.rejected.append(ProfileV1.RejectedRow(rowNumber: proto.rowNumber, refusal: error.proto))
            }
        }
        let intake = RowIntake(
            writer: writer, source: request.source, moment: now, scope: principal.officePath)
        let stored = try await intake.store(rows, dictionary: dictionary, in: connection)
        for (row, customer) in zip(rows, stored.customers) {
            if case .failure(let problem) = customer {
                response.rejected.append(ProfileV1.RejectedRow(rowNumber: row.rowNumber, refusal: problem.proto))
            }
        }
        response.rejected.sort { $0.rowNumber < $1.rowNumber }
        response.rowsAccepted = Int64(request.rows.count - response.rejected.count)
        response.position = Self.position(stored.offsets)
        return response
    }

    func closeImport(
        _ request: ProfileV1.CloseImportRequest, context: CallContext
    ) async throws -> ProfileV1.CloseImportResponse {
        let principal = try Gate.require(.importCustomers, context)
        let now = try await dependencies.clock.now()
        return try await change(context, request) { connection in
            let state = try await lock(request.importID, for: principal, in: connection)
            try await ImportStorage.close(request.importID, at: now, in: connection)
            return ProfileV1.CloseImportResponse(rowsAccepted: state.rowsAccepted, rowsRejected: state.rowsRejected)
        }
    }
}
