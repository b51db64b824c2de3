/// The signed reply of a call, and how the call ended: send the bytes, then note the call.
public struct Answer: Sendable {
    public let bytes: [UInt8]
    let code: RPCError.Code
    let duration: Duration
}

/// A call that passed every check and holds a place among the running calls. Run it exactly once, then note it.
public struct AdmittedCall: Sendable {
    let call: ReceivedCall
    let route: ServedRoute
    public let context: CallContext
    let dispatcher: RPCDispatcher

    /// Runs a handler that was registered as inline; nil for any other, which `run()` runs.
    public func runInline() -> Answer? {
        guard case .inline(let serve) = route.handler else { return nil }
        return runInline(serve)
    }

    private func runInline(_ serve: RPCRouter.ServeInline) -> Answer {
        let started = ContinuousClock.now
        do {
            try checkDeadline(started)
            guard let observation = route.observation else { return end(try serve(call, context), started) }
            return end(try observation.trace.run(context) { try serve(call, context) }, started)
        } catch {
            return fail(error, started)
        }
    }

    /// Runs a call that came in a bundle: only a read that is answered from memory, because the others of the bundle
    /// wait for it. Any other is refused, and may come again alone; so may one whose reply is too long for a bundle,
    /// which reading twice does not harm.
    public func runInBundle(replyByteLimit: Int) -> Answer {
        guard route.isFromMemory, let answer = runInline() else {
            return fail(Self.sendAlone(notExecuted: true), ContinuousClock.now)
        }
        guard answer.bytes.count > replyByteLimit else { return answer }
        let refusal = call.start.signed(call.start.refusal(Self.sendAlone(notExecuted: false)))
        return Answer(bytes: refusal, code: answer.code, duration: answer.duration)
    }

    private static func sendAlone(notExecuted: Bool) -> RPCError {
        RPCError(.unavailable, "This call cannot be answered in a bundle: send it alone.", notExecuted: notExecuted)
    }

    /// Runs the handler, whichever kind it is.
    public func run() async -> Answer {
        switch route.handler {
        case .waiting(let serve): await run(serve)
        case .inline(let serve): runInline(serve)
        }
    }

    private func run(_ serve: RPCRouter.Serve) async -> Answer {
        let started = ContinuousClock.now
        do {
            try checkDeadline(started)
            guard let observation = route.observation else { return end(try await serve(call, context), started) }
            return end(try await observation.trace.run(context) { try await serve(call, context) }, started)
        } catch {
            return fail(error, started)
        }
    }

    /// Nothing is executed that has expired since it was admitted.
    private func checkDeadline(_ now: ContinuousClock.Instant) throws(RPCError) {
        guard now < context.deadline else {
            throw RPCError(
                .deadlineExceeded, "The deadline of the call passed before it was executed.", notExecuted: true)
        }
    }

    private func end(_ reply: consuming PackedReply, _ started: ContinuousClock.Instant) -> Answer {
        guard reply.byteCount <= RPCLimits.messageBytes - WireLayout.macByteCount else {
            return fail(
                RPCError(.outOfRange, "The reply is longer than a message may be: ask for a smaller page."), started)
        }
        return leave(with: reply, .ok, started)
    }

    private func fail(_ error: any Error, _ started: ContinuousClock.Instant) -> Answer {
        let translated = dispatcher.failures.rpcError(for: error, context)
        return leave(with: call.start.refusal(translated), translated.code, started)
    }

    /// Gives the place among the running calls back; before the reply is sent, because its caller may call again at once.
    private func leave(
        with reply: consuming PackedReply, _ code: RPCError.Code, _ started: ContinuousClock.Instant
    ) -> Answer {
        dispatcher.admission.leave()
        return Answer(bytes: call.start.signed(reply), code: code, duration: started.duration(to: .now))
    }

    /// Writes the call into log and metrics. After its reply was sent, so that the caller does not wait for it.
    public func note(_ answer: Answer) {
        guard let observation = route.observation else { return }
        observation.log.write(context, answer.code)
        route.timers?.record(answer.code, answer.duration)
    }
}
