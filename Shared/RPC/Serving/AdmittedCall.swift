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
        var frame = ReplyStart.emptyFrame()
        let code = run(serve, started, appendingTo: &frame)
        let reply = PackedReply(frame: frame)
        return code == .ok ? end(reply, started) : leave(with: reply, code, started)
    }

    /// Appends the reply of an inline handler, or why there is none, and says how the call ended.
    func run(
        _ serve: RPCRouter.ServeInline, _ started: ContinuousClock.Instant, appendingTo frame: inout [UInt8]
    ) -> RPCError.Code {
        let start = frame.count
        do {
            try checkDeadline(started)
            if let observation = route.observation {
                try observation.trace.run(context) { try serve(call, context, &frame) }
            } else {
                try serve(call, context, &frame)
            }
            return .ok
        } catch {
            frame.removeLast(frame.count - start)
            let translated = dispatcher.failures.rpcError(for: error, context)
            call.start.append(translated, to: &frame)
            return translated.code
        }
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
        note(answer.code, answer.duration)
    }

    func note(_ code: RPCError.Code, _ duration: Duration) {
        guard let observation = route.observation else { return }
        observation.log.write(context, code)
        route.timers?.record(code, duration)
    }
}
