internal import CNNG

/// What went wrong with a socket, a call or an endpoint.
public struct NNGError: Error, Sendable, Hashable, CustomStringConvertible {
    public let code: Code

    /// True where the message has certainly not left this process: the call was not executed and may be repeated
    /// without any doubt. False where it may have been executed, or where nothing was to be sent.
    public let isSurelyUnsent: Bool

    private let detail: String?

    init(_ code: Code, isSurelyUnsent: Bool = false, _ detail: String? = nil) {
        self.code = code
        self.isSurelyUnsent = isSurelyUnsent
        self.detail = detail
    }

    public var description: String {
        var sentence = detail ?? code.description
        if isSurelyUnsent { sentence += " (the message was not sent)" }
        return sentence
    }

    /// Throws where a function of NNG did not answer 0.
    static func check(_ result: Int32, _ detail: @autoclosure () -> String? = nil) throws(NNGError) {
        guard result != 0 else { return }
        let reason = Code(number: result)
        throw NNGError(reason, detail().map { "\($0): \(reason.description)" })
    }

    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The number that NNG knows the reason by.
        private let number: Int32

        init(number: Int32) {
            self.number = number
        }

        private init(_ value: nng_errno_enum) {
            number = Int32(bitPattern: value.rawValue)
        }

        /// The socket, context or connection was closed on this side.
        public static let closed = Code(NNG_ECLOSED)
        /// The time given was used up; `isSurelyUnsent` says whether the other side can have seen the message.
        public static let timedOut = Code(NNG_ETIMEDOUT)
        /// The task was cancelled.
        public static let canceled = Code(NNG_ECANCELED)
        /// The peer was lost before it answered: the outcome of the call is unknown.
        public static let connectionReset = Code(NNG_ECONNRESET)
        /// A message is longer than the limit.
        public static let messageTooLong = Code(NNG_EMSGSIZE)
        /// An endpoint's text or address is not usable.
        public static let invalidAddress = Code(NNG_EADDRINVAL)
        /// Another process serves the endpoint.
        public static let addressInUse = Code(NNG_EADDRINUSE)
        /// The folder or file of an endpoint may not be used.
        public static let permissionDenied = Code(NNG_EPERM)
        /// A transport that this build does not serve.
        public static let notSupported = Code(NNG_ENOTSUP)
        /// The operation does not fit what the context is doing.
        public static let invalidState = Code(NNG_ESTATE)
        /// Every call that the socket may have in flight is in flight.
        public static let tooManyCalls = Code(NNG_EBUSY)
        /// No memory or no file descriptor is left.
        public static let outOfMemory = Code(NNG_ENOMEM)
        public static let outOfFiles = Code(NNG_ENOFILES)

        public var description: String {
            String(cString: nng_strerror(number))
        }
    }
}
