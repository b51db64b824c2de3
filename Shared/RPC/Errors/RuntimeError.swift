/// How this process failed, as opposed to one call: it cannot start, listen, read its configuration or go on.
public struct RuntimeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Wrapped: String {
            case configurationInvalid
            case endpointUnavailable
            case alreadyRunning
            case internalError
        }

        private let wrapped: Wrapped

        /// A setting is missing, unknown or out of its range.
        public static let configurationInvalid = Self(wrapped: .configurationInvalid)
        /// An address cannot be listened on or dialled.
        public static let endpointUnavailable = Self(wrapped: .endpointUnavailable)
        /// Something that may run once runs already.
        public static let alreadyRunning = Self(wrapped: .alreadyRunning)
        /// The process found itself in a state that must not occur.
        public static let internalError = Self(wrapped: .internalError)

        public var description: String { wrapped.rawValue }
    }

    public var code: Code
    /// A sentence that tells the person at the terminal what to do.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
