/// What went wrong between this process and Postgres.
///
/// `description` is safe to log and to show: it holds codes and names of the schema, never SQL, values or messages of
/// the server (which quote values). `serverMessage` is for a debugger.
public struct PostgresError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure. A struct, so that a new kind breaks nobody's `switch`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case server, connectionRefused, connectionLost, commitUnknown, rolledBack, poolExhausted, acquireTimedOut
            case deadlineExceeded, closed, decoding, invalidUse, migration
        }

        private let kind: Kind
        public var description: String { kind.rawValue }

        /// Postgres answered with an error; see `sqlState`.
        public static let server = Self(kind: .server)
        /// No connection could be made.
        public static let connectionRefused = Self(kind: .connectionRefused)
        /// The connection ended while a statement ran. Outside a transaction the statement may have taken effect.
        public static let connectionLost = Self(kind: .connectionLost)
        /// The connection ended during COMMIT: the transaction happened wholly or not at all. Look before repeating.
        public static let commitUnknown = Self(kind: .commitUnknown)
        /// COMMIT was answered with ROLLBACK, because an earlier statement of the transaction had failed.
        public static let rolledBack = Self(kind: .rolledBack)
        /// Too many callers already wait for a connection.
        public static let poolExhausted = Self(kind: .poolExhausted)
        /// No connection became free in time.
        public static let acquireTimedOut = Self(kind: .acquireTimedOut)
        /// The deadline of the work passed.
        public static let deadlineExceeded = Self(kind: .deadlineExceeded)
        /// The pool or the connection was closed by this process.
        public static let closed = Self(kind: .closed)
        /// A value could not be read as the type asked for.
        public static let decoding = Self(kind: .decoding)
        /// The caller asked for something that cannot be.
        public static let invalidUse = Self(kind: .invalidUse)
        /// A migration was changed after it was applied, or cannot be read.
        public static let migration = Self(kind: .migration)
    }

    public var code: Code
    /// The five characters of SQLSTATE, or "" where the server said nothing.
    public var sqlState: String
    /// The constraint that refused, where there is one. On Citus it carries a shard suffix: decide by `sqlState`.
    public var constraint: String?
    /// What the program may say about it: no values.
    public var explanation: String
    /// The server's own words; they may quote values, so they belong in no log.
    public var serverMessage: String

    public init(
        _ code: Code, _ explanation: String, sqlState: String = "", constraint: String? = nil,
        serverMessage: String = ""
    ) {
        self.code = code
        self.sqlState = sqlState
        self.constraint = constraint
        self.explanation = explanation
        self.serverMessage = serverMessage
    }

    public var description: String {
        var text = "Postgres \(code)"
        if !sqlState.isEmpty { text += " \(sqlState)" }
        if let constraint { text += " (\(constraint))" }
        return explanation.isEmpty ? text : text + ": " + explanation
    }
}

extension PostgresError {
    public var isUniqueViolation: Bool { sqlState == "23505" }
    public var isForeignKeyViolation: Bool { sqlState == "23503" }
    public var isCheckViolation: Bool { sqlState == "23514" }
    /// Another transaction got in the way; repeating the whole transaction is right.
    public var isRetryableConflict: Bool { sqlState == "40001" || sqlState == "40P01" }
    /// The connection is gone, or none could be made.
    public var isConnectionLost: Bool {
        code == .connectionLost || code == .connectionRefused || sqlState.hasPrefix("08")
            || ["57P01", "57P02", "57P03"].contains(sqlState)
    }
    public var isCommitUnknown: Bool { code == .commitUnknown }
    /// A statement was stopped: by its timeout, by a deadline or by a cancelled task.
    public var isTimeout: Bool { code == .deadlineExceeded || code == .acquireTimedOut || sqlState == "57014" }
    /// The server is out of connections, memory or disk: back off.
    public var isResourceShortage: Bool { sqlState.hasPrefix("53") || code == .poolExhausted }
    /// The disk of the server is full: writes are refused until there is room.
    public var isDiskFull: Bool { sqlState == "53100" }
    /// A plan of a prepared statement no longer fits the tables; preparing it again is right.
    var isStaleStatement: Bool { sqlState == "26000" || (sqlState == "0A000" && serverMessage.contains("cached plan")) }
}
