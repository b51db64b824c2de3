public import RPC

/// Who did what, why, and how it ended: codes and ids alone, never a name or a number of a customer.
public struct AuditEntry: Sendable, Equatable {
    public enum Result: String, Sendable {
        case done
        case refused
    }

    /// The user's code, or the suite service that acted for itself.
    public var who: String
    public var right: Right
    /// What it was done to, such as `campaign 17`.
    public var what: String
    /// The reason that was given, or the code of the refusal.
    public var reason: String
    public var result: Result
    public var officePath: String
    public var traceID: String

    public init(
        who: String, right: Right, what: String, reason: String = "", result: Result, officePath: String = "/",
        traceID: String = ""
    ) {
        self.who = who
        self.right = right
        self.what = what
        self.reason = reason
        self.result = result
        self.officePath = officePath
        self.traceID = traceID
    }

    /// What an entry names of many: so many of them, and how many more there are.
    public static func list(_ items: [String], atMost limit: Int = 50) -> String {
        let rest = items.count - limit
        return items.prefix(limit).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    /// An entry for the person (or machine) of a call.
    public init(_ context: CallContext, right: Right, what: String, reason: String = "", result: Result) {
        self.init(
            who: context.principal?.user ?? "service:\(context.caller)", right: right, what: what, reason: reason,
            result: result, officePath: context.principal?.officePath ?? "/", traceID: context.trace.traceID)
    }
}

/// An entry as it stands in the table.
struct StoredAuditEntry: Sendable, Equatable {
    var sequence: Int64
    var microseconds: Int64
    var who: String
    var right: String
    var what: String
    var reason: String
    var result: String
    var officePath: String
    var traceID: String
    /// The code of this entry over all the above and the code of the entry before.
    var authenticationCode: [UInt8]
}

/// The end of a chain. Kept elsewhere (printed, mailed, in another system), it shows later that nothing before it was
/// changed or cut off.
public struct AuditHead: Sendable, Codable, Equatable {
    public var service: String
    public var sequence: Int64
    public var authenticationCode: [UInt8]

    public init(service: String, sequence: Int64, authenticationCode: [UInt8]) {
        self.service = service
        self.sequence = sequence
        self.authenticationCode = authenticationCode
    }
}
