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

    /// Asks for a right and for four eyes: who checks is not who made.
    public func requireChecker(
        _ right: Right, _ context: CallContext, madeBy maker: String, what: String, pool: PostgresPool
    ) async throws -> Principal {
        let checker = try await require(right, context, what: what, pool: pool)
        do throws(RPCError) {
            try Gate.requireOther(than: maker, checker)
        } catch {
            await appendRefusal(right, context, what: what, reason: "OWN_WORK", pool: pool)
            throw error
        }
        return checker
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
