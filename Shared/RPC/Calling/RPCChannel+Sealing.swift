extension RPCChannel {
    /// The bytes of one attempt, and the nonce that its reply must have.
    struct SealedCall {
        let frame: [UInt8]
        let nonce: Nonce
    }

    /// Packs and signs one attempt of a call.
    func seal(
        _ call: OutgoingCall, _ body: [UInt8], _ requestID: RequestID, _ trace: TraceContext,
        now: CallInstant, deadline: CallInstant
    ) throws(RPCError) -> SealedCall {
        let remaining = now.milliseconds(until: deadline)
        guard remaining > 0 else {
            throw RPCError(.deadlineExceeded, "The deadline passed before the call was sent.", notExecuted: true)
        }
        let nonce = Nonce.next()
        var frame = WireLayout.begin(
            magic: WireLayout.callMagic, algorithm: WireLayout.macAlgorithm, capacity: 512 + body.count)
        envelope(call, requestID, trace).append(
            signedBy: key, nonce, issuedAtMicroseconds: WallClock.nowMicroseconds, remainingMilliseconds: remaining,
            to: &frame)
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

    /// One attempt of a call that is to travel in a bundle; nil where it is too long for that.
    func part(
        _ call: OutgoingCall, _ body: [UInt8], _ requestID: RequestID, _ trace: TraceContext,
        deadline: CallInstant
    ) -> BundlePart? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(384 + body.count)
        let start = CallBundle.beginItem(in: &bytes)
        envelope(call, requestID, trace).append(to: &bytes)
        bytes.finishPart(from: start)
        guard bytes.count - start <= RPCLimits.envelopeBytes,
            bytes.count + body.count - WireLayout.lengthByteCount <= CallBundle.longestItemByteCount
        else { return nil }
        bytes.append(contentsOf: body)
        CallBundle.finishItem(from: start, in: &bytes)
        return BundlePart(bytes: bytes, deadline: deadline)
    }

    private func envelope(_ call: OutgoingCall, _ requestID: RequestID, _ trace: TraceContext) -> OutgoingEnvelope {
        OutgoingEnvelope(
            method: call.method.name, requestID: requestID, idempotencyKey: call.options.idempotencyKey, trace: trace,
            principal: call.options.principal)
    }

    /// The body of a reply that came in a bundle, or its error.
    func open(_ reply: BundledReply) throws(RPCError) -> ReceivedReply {
        guard let envelope = try? ReplyEnvelope(reply.frame, reply.item.envelope) else { throw .otherWire }
        if let error = envelope.error { throw error }
        return ReceivedReply(frame: reply.frame, body: reply.item.body, isFromMemory: envelope.isFromMemory)
    }
}
