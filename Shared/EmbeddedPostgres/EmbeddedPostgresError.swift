/// Why the private Postgres could not be started or driven: one sentence that says what to do.
public struct EmbeddedPostgresError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String

    public init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}
