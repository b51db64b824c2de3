public import RPC

/// Asks before anything is done: may this person do that, here, and not to the own work.
///
/// The office scope itself is enforced by the database (row-level security with `officePath`); the gate refuses early
/// and in words.
public enum Gate {
    /// The person of a call, who must have the right by one of the roles.
    ///
    /// - Throws: UNAUTHENTICATED without a person, PERMISSION_DENIED without the right or without a valid office.
    @discardableResult
    public static func require(_ right: Right, _ context: CallContext) throws(RPCError) -> Principal {
        guard let principal = context.principal else {
            throw RPCError(
                .unauthenticated, "This call is made for a person: sign in first.", notExecuted: true)
        }
        guard OfficePath.isValid(principal.officePath) else {
            throw RPCError(
                .permissionDenied, "Your token names no office: ask the administrator for one.", notExecuted: true)
        }
        guard has(right, principal) else {
            throw RPCError(
                .permissionDenied,
                "You lack the right \(right.name): ask the administrator for a role that has it.", notExecuted: true)
        }
        return principal
    }

    /// The same, except that a suite service may call for itself (a worker, an import, a consumer).
    ///
    /// - Parameter machines: names of the calling suite services that may come without a person.
    /// - Returns: the person, or nil for a machine.
    @discardableResult
    public static func require(
        _ right: Right, _ context: CallContext, orMachines machines: Set<String>
    ) throws(RPCError) -> Principal? {
        if context.principal == nil, machines.contains(context.caller) { return nil }
        return try require(right, context)
    }

    public static func has(_ right: Right, _ principal: Principal) -> Bool {
        principal.roles.contains { Role.named($0)?.rights.contains(right) ?? false }
    }

    /// Four eyes: who checks is none of those who made it. Ask in the transaction of the change, which knows them all.
    public static func requireOther(than makers: Set<String>, _ checker: Principal) throws(OwnWork) {
        guard !makers.contains(checker.user) else { throw OwnWork() }
    }

    /// What is written must belong to the person's own office or one below it.
    ///
    /// - Parameter field: the request field with the office, for the caller.
    public static func requireOffice(
        _ officePath: String, within principal: Principal, field: String = "office_path"
    ) throws(RPCError) {
        guard OfficePath.isValid(officePath) else {
            throw RPCError(
                .invalidArgument, "Write the office as /head/branch/outlet/ in small letters.", field: field,
                notExecuted: true)
        }
        guard OfficePath.isWithin(officePath, scope: principal.officePath) else {
            throw RPCError(
                .permissionDenied, "That office is not yours: choose your own or one below it.", field: field,
                notExecuted: true)
        }
    }
}
