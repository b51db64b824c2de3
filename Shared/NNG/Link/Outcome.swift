internal import CNNG

/// How an operation ended, in a form that a continuation can carry: a message has one owner and continuations copy.
///
/// Unchecked: made once by the callback and taken once, by the one who waits.
struct Outcome: @unchecked Sendable {
    private let message: OpaquePointer?
    private let error: NNGError?

    /// A reply was handed over; there is nothing to take.
    static let finished = Outcome(message: nil, error: nil)

    static func received(_ message: OpaquePointer) -> Outcome { Outcome(message: message, error: nil) }

    static func failed(_ error: NNGError) -> Outcome { Outcome(message: nil, error: error) }

    /// Call exactly once: the message is then the caller's.
    func take() throws(NNGError) -> Message {
        guard let message else { throw error ?? NNGError(.invalidState) }
        return Message(adopting: message)
    }

    func takeResult() -> Result<Message, NNGError> {
        guard let message else { return .failure(error ?? NNGError(.invalidState)) }
        return .success(Message(adopting: message))
    }

    func check() throws(NNGError) {
        if let error { throw error }
    }
}

/// Who is told of the end of an operation: a task that waits, or a closure, both on a thread of NNG.
enum Completion: Sendable {
    case task(UnsafeContinuation<Outcome, Never>)
    case closure(@Sendable (consuming Result<Message, NNGError>) -> Void)

    /// Exactly once, and never under a lock: what waits may run inline, and start its next operation here.
    func callAsFunction(_ outcome: Outcome) {
        switch self {
        case .task(let continuation): continuation.resume(returning: outcome)
        case .closure(let closure): closure(outcome.takeResult())
        }
    }
}
