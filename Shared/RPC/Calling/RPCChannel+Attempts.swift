/// A reply whose signature was checked and whose status is OK.
public struct ReceivedReply: Sendable {
    let frame: [UInt8]
    let body: Range<Int>

    /// Bytes of the packed reply message.
    public var byteCount: Int { body.count }
}

extension RPCChannel {
    /// Makes the call as often as its policy, its kind, its deadline and the channel's budget allow.
    func attempts(_ call: OutgoingCall, _ body: [UInt8]) async throws(RPCError) -> ReceivedReply {
        let deadline = call.options.effectiveDeadline(from: .now)
        let requestID = RequestID.next()
        let trace = call.options.trace?.child() ?? ambientTrace()?.child() ?? .random()
        retryBudget.earn()
        var attempt = 1
        while true {
            do throws(RPCError) {
                return try await self.attempt(call, body, deadline, requestID, trace)
            } catch {
                guard mayRepeat(call, after: error, attempt), retryBudget.spend() else { throw error }
                var generator = QuickRandom()
                let wait = call.options.retry.backoff(
                    afterAttempt: attempt, serverAsksMilliseconds: error.retryAfterMilliseconds, using: &generator)
                let next = ContinuousClock.now + wait
                // Waiting past the deadline would only turn a clear answer into DEADLINE_EXCEEDED.
                guard next < deadline else { throw error }
                try await Self.sleep(until: next)
                retryCounter.count(call.method.name)
                attempt += 1
            }
        }
    }

    private func mayRepeat(_ call: OutgoingCall, after error: RPCError, _ attempt: Int) -> Bool {
        guard attempt < call.options.retry.attemptLimit,
            error.code == .unavailable || error.code == .resourceExhausted
        else { return false }
        return call.method.kind != .mutating || call.options.idempotencyKey != nil
    }

    private func attempt(
        _ call: OutgoingCall, _ body: [UInt8], _ deadline: ContinuousClock.Instant, _ requestID: String,
        _ trace: TraceContext
    ) async throws(RPCError) -> ReceivedReply {
        let remaining = ContinuousClock.now.duration(to: deadline)
        // Rounded up, so that the server never gives up before the caller does by rounding alone.
        let milliseconds = (remaining.microseconds + 999) / 1_000
        guard remaining > .zero, !Task.isCancelled else {
            throw Task.isCancelled
                ? RPCError(.cancelled, "The caller gave up before the call was sent.", notExecuted: true)
                : RPCError(.deadlineExceeded, "The deadline passed before the call was sent.", notExecuted: true)
        }
        let nonce = Nonce.next()
        let envelope = OutgoingEnvelope(
            method: call.method.name, key: key, nonce: nonce, issuedAtMicroseconds: WallClock.nowMicroseconds,
            remainingMilliseconds: UInt32(clamping: milliseconds), requestID: requestID,
            idempotencyKey: call.options.idempotencyKey, trace: trace, principal: call.options.principal)
        let frame = try seal(envelope, body)
        let reply = try await transport.exchange(frame, deadline: deadline)
        return try open(reply, nonce)
    }

    /// The bytes of a call.
    private func seal(_ envelope: OutgoingEnvelope, _ body: [UInt8]) throws(RPCError) -> [UInt8] {
        var frame = WireLayout.begin(
            magic: WireLayout.callMagic, algorithm: WireLayout.macAlgorithm, capacity: 384 + body.count)
        envelope.append(to: &frame)
        WireLayout.finishEnvelope(of: &frame)
        let envelopeByteCount = frame.count - WireLayout.headerByteCount
        guard envelopeByteCount <= RPCLimits.envelopeBytes,
            (envelope.idempotencyKey?.utf8.count ?? 0) <= RPCLimits.idempotencyKeyBytes,
            frame.count + body.count + WireLayout.macByteCount <= RPCLimits.messageBytes
        else {
            throw RPCError(
                .invalidArgument, "Principal, idempotency key and request together are longer than a call may be.",
                notExecuted: true)
        }
        frame.append(contentsOf: body)
        key.sign(&frame)
        return frame
    }

    /// Checks that a reply is signed and answers this very call, and gives its body or throws its error.
    private func open(_ frame: [UInt8], _ nonce: Nonce) throws(RPCError) -> ReceivedReply {
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
        return ReceivedReply(frame: frame, body: parts.body)
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

    private static func sleep(until instant: ContinuousClock.Instant) async throws(RPCError) {
        do {
            try await Task.sleep(until: instant, clock: .continuous)
        } catch {
            throw RPCError(.cancelled, "The caller gave up between two attempts.")
        }
    }
}

extension Duration {
    /// Whole microseconds, rounded down.
    var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
