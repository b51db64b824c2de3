/// Why a call is not run, and how to answer it.
struct Refusal: Error {
    let start: ReplyStart
    let error: RPCError
}

extension Refusal {
    /// For bytes that prove nothing about their sender.
    static func unsigned(
        _ code: RPCError.Code, _ message: String, field: String? = nil, nonce: Nonce = Nonce(high: 0, low: 0)
    ) -> Refusal {
        Refusal(
            start: ReplyStart(message: ReplyStart.Message(nonce: nonce, key: nil)),
            error: RPCError(code, message, field: field, notExecuted: true))
    }
}
