internal import CPostgres

/// Where the database is, as whom to enter it, and the bounds of a pool.
public struct PostgresConfiguration: Sendable {
    /// A host name, an address, or the folder of a unix socket. "" is libpq's default.
    public var host = ""
    public var port = 5432
    public var database = ""
    public var user = ""
    public var password: String?
    public var applicationName = "zhike"
    /// Further keywords of libpq, such as `sslmode` and `sslrootcert`.
    public var parameters: [String: String] = [:]
    /// Settings of the session (`SET`), such as `citus.propagate_set_commands`.
    public var sessionSettings: [String: String] = ["idle_in_transaction_session_timeout": "60000"]

    /// Connections of a pool at most.
    public var poolSize = 8
    /// Callers that may wait for a connection; the next one is refused at once.
    public var maximumWaiters = 1024
    /// The longest wait for a connection, reconnecting included.
    public var acquireTimeout: Duration = .seconds(5)
    public var connectTimeout: Duration = .seconds(5)
    /// What the server grants a statement whose caller names no deadline.
    public var statementTimeout: Duration = .seconds(30)
    /// Prepared statements that a connection keeps.
    public var preparedStatementLimit = 256
    /// Asked for the text of each statement before a connection runs it for the first time, and each time for those that
    /// are not prepared; and for the source of a COPY. What it throws is thrown in place of the statement, of which nothing
    /// is sent.
    public var statementRule: (@Sendable (_ text: String) throws(PostgresError) -> Void)?

    public init() {}

    /// From a URL (`postgresql://user@host:port/database?…`) or a string of keywords, as libpq reads them.
    ///
    /// - Throws: `PostgresError` with code `.invalidUse`.
    public init(parsing url: String) throws(PostgresError) {
        var message: UnsafeMutablePointer<CChar>?
        // libpq allocates the options and, on a failure, the message; both are freed here.
        guard let options = PQconninfoParse(url, &message) else {
            PQfreemem(message)
            // The message quotes the text, which may hold the password.
            throw PostgresError(
                .invalidUse, "the database URL cannot be read; use postgresql://user@host:port/database")
        }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                try take(String(cString: keyword), String(cString: value))
            }
            option += 1
        }
    }

    private mutating func take(_ keyword: String, _ value: String) throws(PostgresError) {
        switch keyword {
        case "host": host = value
        case "port":
            guard let number = Int(value), (1...65_535).contains(number) else {
                throw PostgresError(.invalidUse, "the port in the database URL must be a number from 1 to 65535")
            }
            port = number
        case "dbname": database = value
        case "user": user = value
        case "password": password = value
        case "application_name": applicationName = value
        default: parameters[keyword] = value
        }
    }

    /// Keywords for `PQconnectStartParams`.
    var keywords: [(String, String)] {
        var settings = sessionSettings
        settings["statement_timeout"] = String(statementTimeout.wholeMilliseconds)
        // Else a server goes on with a statement, and holds its locks, for a client that was killed or gave it up.
        settings.merge(["client_connection_check_interval": "1000"]) { given, _ in given }
        let options = settings.sorted { $0.key < $1.key }.map { "-c \($0.key)=\(escaped($0.value))" }
        var keywords: [(String, String)] = [
            ("host", host), ("port", String(port)), ("dbname", database), ("user", user),
            ("application_name", applicationName), ("client_encoding", "UTF8"),
            // A dead peer is noticed within about a minute even when nothing is sent.
            ("keepalives_idle", "20"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "30000"),
        ]
        if let password { keywords.append(("password", password)) }
        for (key, value) in parameters where key != "options" { keywords.append((key, value)) }
        let given = parameters["options"].map { [$0] } ?? []
        keywords.append(("options", (given + options).joined(separator: " ")))
        return keywords
    }

    /// Backslashes and spaces separate in `options`.
    private func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing(" ", with: "\\ ")
    }
}

extension PostgresConfiguration: CustomStringConvertible {
    /// Without the password.
    public var description: String { "postgresql://\(user)@\(host):\(port)/\(database)" }
}

extension Duration {
    /// Milliseconds, rounded up.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
