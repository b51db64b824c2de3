extension RPCChannel {
    /// The bytes of one attempt, and the nonce that its reply must have.
    struct SealedCall {
        let frame: [UInt8]
        let nonce: Nonce
    }

    /// Packs and signs one attempt of a call.
    func seal(
        _ call: OutgoingCall, _ body: [UInt8], _ requestID: RequestID, _ trace: TraceContext,
        now: ContinuousClock.Instant, deadline: ContinuousClock.Instant
    ) throws(RPCError) -> SealedCall {
        let remaining = now.duration(to: deadline)
        guard remaining > .zero else {
            throw RPCError(.deadlineExceeded, "The deadline passed before the call was sent.", notExecuted: true)
        }
        let nonce = Nonce.next()
        let envelope = OutgoingEnvelope(
            method: call.method.name, key: key, nonce: nonce, issuedAtMicroseconds: WallClock.nowMicroseconds,
            // Rounded up, so that the server never gives up before the caller does by rounding alone.
            remainingMilliseconds: UInt32(clamping: (remaining.microseconds + 999) / 1_000), requestID: requestID,
            idempotencyKey: call.options.idempotencyKey, trace: trace, principal: call.options.principal)
        var frame = WireLayout.begin(
            magic: WireLayout.callMagic, algorithm: WireLayout.macAlgorithm, capacity: 512 + body.count)
        envelope.append(to: &frame)
        WireLayout.finishEnvelope(of: &frame)
        guard frame.count - WireLayout.headerByteCount <= RPCLimits.envelopeBytes,
            (call.options.idempotencyKey?.utf8.count ?? 0) <= RPCLimits.idempotencyKeyBytes,
            frame.count + body.count + WireLayout.macByteCount <= RPCLimits.messageBytes
        else {
            throw RPCError(
                .invalidArgument, "Principal, idempotency key and request together are longer than a call may be.",
                notExecuted: true)
        }
        frame.append(contentsOf: body)
        key.sign(&frame)
        return SealedCall(frame: frame, nonce: nonce)
    }

    /// Checks that a reply is signed and answers this very call, and gives its body or throws its error.
    func open(_ frame: [UInt8], _ nonce: Nonce) throws(RPCError) -> ReceivedReply {
        guard let parts = try? WireLayout.parts(of: frame, magic: WireLayout.replyMagic),
            let envelope = try? ReplyEnvelope(frame, parts.envelope)
        else {
            throw RPCError(.internalError, "What answered does not speak version 1 of the wire.")
        }
        guard parts.algorithm != WireLayout.noMAC else { throw Self.unsigned(envelope.error) }
        guard key.verifies(frame, parts), Nonce(frame.span.extracting(envelope.nonce)) == nonce else {
            throw RPCError(.unauthenticated, "The reply is not signed by a service that knows this caller's key.")
        }
        if let error = envelope.error { throw error }
        return ReceivedReply(frame: frame, body: parts.body, isFromMemory: envelope.isFromMemory)
    }

    /// A reply without a MAC may say that the call was not understood, and nothing else. That nothing was executed is
    /// not believed, because anyone could have said it.
    private static func unsigned(_ error: RPCError?) -> RPCError {
        guard var error,
            error.code == .unauthenticated || error.code == .unimplemented || error.code == .invalidArgument
        else {
            return RPCError(.unauthenticated, "The reply is not signed.")
        }
        error.notExecuted = false
        error.retryAfterMilliseconds = nil
        return error
    }
}
