/// How a transaction is to run.
public struct TransactionOptions: Sendable {
    /// The levels of Postgres. `readCommitted` is right where rows are locked or updated in one statement.
    public enum Isolation: String, Sendable {
        case readCommitted = "READ COMMITTED"
        case repeatableRead = "REPEATABLE READ"
        case serializable = "SERIALIZABLE"
    }

    public var isolation = Isolation.readCommitted
    public var isReadOnly = false
    /// The scope of the person it runs for (`/head/branch/`), which row-level security reads. nil sets none, and then
    /// a request role sees nothing.
    public var officePath: String?
    /// After this instant nothing more is begun, the running statement is stopped and COMMIT is refused.
    public var deadline: ContinuousClock.Instant?
    /// How long the server keeps the transaction, and with it its locks, while it hears nothing: after this the holder
    /// is taken for frozen and its connection is ended. nil is the session's own bound.
    public var idleTimeout: Duration?
    /// Whether COMMIT waits until the disk has it. Where it does not, a crash of the server may take the transaction back
    /// with all its effects, never a part of them and never one that a later waiting COMMIT saw: right for work that
    /// stands in a log and is then simply done again.
    public var waitsForDisk = true
    /// How often it is tried in all when another transaction got in the way or the connection was lost before COMMIT.
    public var maximumAttempts = 5

    public init(
        isolation: Isolation = .readCommitted, isReadOnly: Bool = false, officePath: String? = nil,
        deadline: ContinuousClock.Instant? = nil, idleTimeout: Duration? = nil, waitsForDisk: Bool = true,
        maximumAttempts: Int = 5
    ) {
        self.isolation = isolation
        self.isReadOnly = isReadOnly
        self.officePath = officePath
        self.deadline = deadline
        self.idleTimeout = idleTimeout
        self.waitsForDisk = waitsForDisk
        self.maximumAttempts = maximumAttempts
    }

    var beginStatement: String {
        let level = isolation == .readCommitted ? "" : " ISOLATION LEVEL \(isolation.rawValue)"
        return "BEGIN\(level)\(isReadOnly ? " READ ONLY" : "")"
    }
}

/// What a connection knows of the transaction it is in.
struct TransactionState {
    /// BEGIN and the settings.
    var opening: [String]
    /// Whether leftovers of the session may run just before BEGIN.
    var takesPreamble = true
    /// BEGIN has not been sent: it travels with the first statement.
    var isPending = true
    /// Statements that travel with COMMIT.
    var closing: [SQL] = []
    var deadline: ContinuousClock.Instant?
    var isIdleTimeLimited = false
    /// A statement failed for a reason that a second try may not meet, whatever the caller made of the error.
    var metConflict = false
}
