internal import ProfileDomain
internal import RPC

/// What can go wrong in the profile service, in its own words.
enum ProfileFailure: Error {
    case unknownCustomer
    /// The identity of an identify call names a customer whom its sender may not see.
    case identityElsewhere
    case unknownImport
    /// The same file was opened by an office that is neither the person's nor below it.
    case importElsewhere
    case importClosed
    case chunkOutOfOrder(expected: Int64)
    /// Both sides are customers already; joining them is a merge.
    case bothAreCustomers
    /// The customer has a number of the bank, and this would be another.
    case secondNumber
    /// The dictionary is the whole bank's.
    case wholeBankOnly
    case tooManyWaiting
    /// Somebody of the staff belongs to an office that is not the person's.
    case staffElsewhere
    /// A grant from before what the customer said last.
    case outdatedConsent
    /// The database refused a value that all checks had let pass.
    case unstorable
    case field(FieldProblem)
}

extension ProfileFailure: RPCErrorConvertible {
    var rpcError: RPCError {
        switch self {
        case .unknownCustomer:
            RPCError(
                .notFound, "No customer you may see has this id or identity; identify it first.", field: "customer")
        case .identityElsewhere:
            RPCError(
                .notFound, "This identity names no customer you may see; let an office above yours send it.",
                field: "identity")
        case .unknownImport:
            RPCError(.notFound, "There is no such import; open it first.", field: "import_id")
        case .importElsewhere:
            RPCError(
                .failedPrecondition,
                "Another office has opened an import of this file; let an office above both go on with it.",
                field: "import_key")
        case .importClosed:
            RPCError(.failedPrecondition, "The import is closed; a changed file is a new import.", field: "import_id")
        case .chunkOutOfOrder(let expected):
            RPCError(.failedPrecondition, "Chunks come one after another; send chunk \(expected) next.", field: "chunk")
        case .bothAreCustomers:
            RPCError(
                .failedPrecondition, "Both are customers already, and customers cannot be merged yet.",
                field: "identity")
        case .secondNumber:
            RPCError(
                .failedPrecondition,
                "The customer has another customer number; identify the new number as a customer of its own.",
                field: "identity")
        case .wholeBankOnly:
            RPCError(
                .permissionDenied,
                "The dictionary holds for the whole bank: let somebody of the head office change it.",
                notExecuted: true)
        case .tooManyWaiting:
            RPCError(
                .resourceExhausted, "Too many events are waiting to be stored; send them again shortly.",
                retryAfterMilliseconds: 200, notExecuted: true)
        case .staffElsewhere:
            RPCError(
                .permissionDenied,
                "One of these staff numbers belongs to another office; let an office above both move them.",
                field: "staff")
        case .outdatedConsent:
            RPCError(
                .failedPrecondition,
                "The customer has said something else since the day this consent is from; ask for the present one.",
                field: "consents")
        case .unstorable:
            RPCError(
                .invalidArgument,
                "The database cannot keep a value of these events: look at the numbers and texts of their properties.",
                field: "events")
        case .field(let problem):
            RPCError(.invalidArgument, problem.reason, field: problem.field)
        }
    }
}

extension FieldProblem {
    var rpcError: RPCError { RPCError(.invalidArgument, reason, field: field) }
}

/// A batch whose caller stopped waiting before its turn came; nothing of it was stored.
struct ExpiredInQueue: RPCErrorConvertible {
    var rpcError: RPCError {
        RPCError(
            .deadlineExceeded, "The deadline passed before the batch was stored; send it again.", notExecuted: true)
    }
}
