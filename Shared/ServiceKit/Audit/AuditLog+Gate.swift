public import Postgres
public import RPC

/// The gate for what is audited: approvals, exports, reveals, changes of rules, dictionary and rights.
extension AuditLog {
    /// Asks the gate for a right; a refusal is audited before it is thrown.
    ///
    /// The use of the right is written by `append(_:in:)` in the transaction of the change.
    ///
    /// - Parameters:
    ///   - what: what it is done to, by code and id, such as `campaign 17`.
    ///   - pool: of the schema's owner: the refused person's own scope may allow nothing.
    public func require(
        _ right: Right, _ context: CallContext, what: String, pool: PostgresPool
    ) async throws -> Principal {
        do throws(RPCError) {
            return try Gate.require(right, context)
        } catch {
            await appendRefusal(right, context, what: what, reason: error.code.name, pool: pool)
            throw error
        }
    }

    /// Asks for the right to approve, and lets the person do it; what refuses it on the way is audited.
    ///
    /// - Parameter change: is told who approves, asks `Gate.requireOther(than:_:)` once it knows who made what is to be
    ///   approved, and writes the approval by `append(_:in:)` in the transaction of the change.
    public func approve<Reply>(
        _ right: Right, _ context: CallContext, what: String, pool: PostgresPool,
        _ change: (Principal) async throws -> Reply
    ) async throws -> Reply {
        let checker = try await require(right, context, what: what, pool: pool)
        do {
            return try await change(checker)
        } catch let refusal as any RPCErrorConvertible {
            if let reason = Self.auditReason(of: refusal) {
                await appendRefusal(right, context, what: what, reason: reason, pool: pool)
            }
            throw refusal
        }
    }

    /// nil where nothing was refused: something failed, and the person may try again.
    private static func auditReason(of refusal: any RPCErrorConvertible) -> String? {
        if refusal is OwnWork { return OwnWork.auditReason }
        let code = refusal.rpcError.code
        switch code {
        case .unavailable, .deadlineExceeded, .cancelled, .resourceExhausted, .internalError, .unknown, .dataLoss:
            return nil
        default: return code.name
        }
    }

    /// Writes that something was refused. A refusal that cannot be written is refused all the same, and logged.
    public func appendRefusal(
        _ right: Right, _ context: CallContext, what: String, reason: String, pool: PostgresPool
    ) async {
        do {
            try await append(
                AuditEntry(context, right: right, what: what, reason: reason, result: .refused), pool: pool)
        } catch {
            logger.error("a refusal was not audited", metadata: ["right": "\(right)", "error": "\(error)"])
        }
    }
}
