/// A call whose MAC is right, a bundle of calls, or one of the calls in it.
struct AuthenticCall {
    let frame: [UInt8]
    let envelope: CallEnvelope
    /// The request, or the items of a bundle.
    let body: Range<Int>
    let key: SigningKey
    let start: ReplyStart

    func refuse(
        _ code: RPCError.Code, _ message: String, field: String? = nil, retryAfterMilliseconds: Int? = nil,
        notExecuted: Bool = true
    ) -> Refusal {
        Refusal(
            start: start,
            error: RPCError(
                code, message, field: field, retryAfterMilliseconds: retryAfterMilliseconds,
                notExecuted: notExecuted))
    }
}
