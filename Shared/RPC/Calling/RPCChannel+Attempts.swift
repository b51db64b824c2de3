/// A reply whose signature was checked and whose status is OK.
public struct ReceivedReply: Sendable {
    let frame: [UInt8]
    let body: Range<Int>
    /// The method is a read that the server answers from memory.
    let isFromMemory: Bool

    /// Bytes of the packed reply message.
    public var byteCount: Int { body.count }
}

extension RPCChannel {
    /// Makes the call as often as its policy, its kind, its deadline and the channel's budget allow.
    nonisolated(nonsending) func attempts(
        _ call: OutgoingCall, _ body: [UInt8]
    ) async throws(RPCError) -> ReceivedReply {
        let start = CallInstant.now
        let deadline = call.options.effectiveDeadline(from: start)
        var random = QuickRandom()
        let requestID = RequestID.random(using: &random)
        let trace =
            (call.options.trace ?? TraceContext.current)?.child(using: &random) ?? .random(using: &random)
        retryBudget.earn()
        let method = methods[call.method.name]
        var mayBundle = call.method.kind == .read && method.isFromMemory.load(ordering: .relaxed)
        var attempt = 1
        var now = start
        while true {
            do throws(RPCError) {
                let reply: ReceivedReply
                if mayBundle, let bundling, let part = part(call, body, requestID, trace, deadline: deadline) {
                    let answer = try await Self.exchange(part, over: bundling)
                    do {
                        reply = try open(answer)
                    } catch  where error.code == .unavailable {
                        // The server wants this one alone. That is no failure, so it costs no repetition.
                        method.note(isFromMemory: false)
                        mayBundle = false
                        now = .now
                        continue
                    }
                } else {
                    let sealed = try seal(call, body, requestID, trace, now: now, deadline: deadline)
                    let frame = try await transport.exchange(sealed.frame, deadline: deadline.continuous)
                    reply = try key.open(frame, answering: sealed.nonce)
                }
                method.note(isFromMemory: reply.isFromMemory)
                method.timers.recordSuccess(start.nanoseconds(to: .now))
                return reply
            } catch {
                guard let next = repetition(of: call, after: error, attempt, deadline) else {
                    method.timers.record(error.code, start.nanoseconds(to: .now))
                    throw error
                }
                try await Self.sleep(until: next)
                method.countRetry()
                attempt += 1
                now = .now
            }
        }
    }

    /// Waits for the reply to a call that travels with others.
    static nonisolated(nonsending) func exchange(
        _ part: BundlePart, over transport: any BundlingTransport
    ) async throws(RPCError) -> BundledReply {
        while true {
            let call = BundledCall(part, serviceName: transport.serviceName)
            if let reply = try await call.wait({ transport.start(call) }) { return reply }
        }
    }

    /// When to repeat a call that failed; nil where it must not be repeated.
    private func repetition(
        of call: OutgoingCall, after error: RPCError, _ attempt: Int, _ deadline: CallInstant
    ) -> ContinuousClock.Instant? {
        guard attempt < call.options.retry.attemptLimit,
            error.code == .unavailable || error.code == .resourceExhausted,
            call.method.kind != .mutating || call.options.hasIdempotencyKey,
            retryBudget.spend()
        else { return nil }
        var generator = QuickRandom()
        let wait = call.options.retry.backoff(
            afterAttempt: attempt, serverAsksMilliseconds: error.retryAfterMilliseconds, using: &generator)
        let next = CallInstant.now + wait
        // Waiting past the deadline would only turn a clear answer into DEADLINE_EXCEEDED.
        return next < deadline ? next.continuous : nil
    }

    private static func sleep(until instant: ContinuousClock.Instant) async throws(RPCError) {
        do {
            try await Task.sleep(until: instant, clock: .continuous)
        } catch {
            throw RPCError(.cancelled, "The caller gave up between two attempts.")
        }
    }
}
