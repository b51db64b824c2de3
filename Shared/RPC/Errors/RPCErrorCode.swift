extension RPCError {
    /// The status of a call: gRPC's seventeen, with gRPC's numbers.
    ///
    /// Source: https://grpc.io/docs/guides/status-codes/
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The number on the wire.
        public var rawValue: Int { wrapped.rawValue }
        /// The name as gRPC spells it, such as `INVALID_ARGUMENT`.
        public var name: String { wrapped.name }
        public var description: String { name }

        private let wrapped: Wrapped

        /// A status by its number; nil for a number that is none of the seventeen.
        public init?(rawValue: Int) {
            guard let wrapped = Wrapped(rawValue: rawValue) else { return nil }
            self.wrapped = wrapped
        }

        private init(_ wrapped: Wrapped) {
            self.wrapped = wrapped
        }

        /// Every status, in the order of its number.
        public static var all: [Code] { Wrapped.allCases.map(Code.init) }
    }
}

extension RPCError.Code {
    /// The call succeeded; never the code of a thrown error.
    public static let ok = Self(.ok)
    /// The caller gave up.
    public static let cancelled = Self(.cancelled)
    /// An error of which nothing more is known.
    public static let unknown = Self(.unknown)
    /// The request is wrong whatever the state of the system; `field` says where.
    public static let invalidArgument = Self(.invalidArgument)
    /// The deadline passed before the outcome was known.
    public static let deadlineExceeded = Self(.deadlineExceeded)
    /// What was asked for does not exist, or the caller may not know that it does.
    public static let notFound = Self(.notFound)
    /// What was to be created is there already.
    public static let alreadyExists = Self(.alreadyExists)
    /// The caller is known and may not do this.
    public static let permissionDenied = Self(.permissionDenied)
    /// A limit is reached: calls at once, rate, quota.
    public static let resourceExhausted = Self(.resourceExhausted)
    /// The state of the system does not allow this now; repeating alone does not help.
    public static let failedPrecondition = Self(.failedPrecondition)
    /// Two changes met; read again and repeat the whole.
    public static let aborted = Self(.aborted)
    /// A position or page lies outside what exists.
    public static let outOfRange = Self(.outOfRange)
    /// The method, or this version of the wire, is not served here.
    public static let unimplemented = Self(.unimplemented)
    /// Something that must never happen has happened.
    public static let internalError = Self(.internalError)
    /// The service cannot be reached or is about to stop; ask again later.
    public static let unavailable = Self(.unavailable)
    /// Data is lost or damaged for good.
    public static let dataLoss = Self(.dataLoss)
    /// The caller did not prove who it is.
    public static let unauthenticated = Self(.unauthenticated)
}

private enum Wrapped: Int, CaseIterable {
    case ok = 0
    case cancelled = 1
    case unknown = 2
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case alreadyExists = 6
    case permissionDenied = 7
    case resourceExhausted = 8
    case failedPrecondition = 9
    case aborted = 10
    case outOfRange = 11
    case unimplemented = 12
    case internalError = 13
    case unavailable = 14
    case dataLoss = 15
    case unauthenticated = 16

    var name: String {
        switch self {
        case .ok: "OK"
        case .cancelled: "CANCELLED"
        case .unknown: "UNKNOWN"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .notFound: "NOT_FOUND"
        case .alreadyExists: "ALREADY_EXISTS"
        case .permissionDenied: "PERMISSION_DENIED"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .aborted: "ABORTED"
        case .outOfRange: "OUT_OF_RANGE"
        case .unimplemented: "UNIMPLEMENTED"
        case .internalError: "INTERNAL"
        case .unavailable: "UNAVAILABLE"
        case .dataLoss: "DATA_LOSS"
        case .unauthenticated: "UNAUTHENTICATED"
        }
    }
}
