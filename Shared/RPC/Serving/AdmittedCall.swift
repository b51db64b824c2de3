/// The signed reply of a call, and how the call ended: send the bytes, then note the call.
public struct Answer: Sendable {
    public let bytes: [UInt8]
    let code: RPCError.Code
    let nanoseconds: Int64
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
        let started = CallInstant.now
        var frame = ReplyStart.emptyFrame()
        let code = dispatcher.run(serve, call, route, context, started, appendingTo: &frame)
        let reply = PackedReply(frame: frame)
        return code == .ok ? end(reply, started) : leave(with: reply, code, started)
    }

    /// Runs the handler, whichever kind it is.
    public func run() async -> Answer {
        switch route.handler {
        case .waiting(let serve): await run(serve)
        case .inline(let serve): runInline(serve)
        }
    }

    private func run(_ serve: RPCRouter.Serve) async -> Answer {
        let started = CallInstant.now
        do {
            try context.checkNotExpired(started)
            guard let observation = route.observation else { return end(try await serve(call, context), started) }
            return end(try await observation.trace.run(context) { try await serve(call, context) }, started)
        } catch {
            return fail(error, started)
        }
    }

    private func end(_ reply: consuming PackedReply, _ started: CallInstant) -> Answer {
        guard reply.byteCount <= RPCLimits.messageBytes - WireLayout.macByteCount else {
            return fail(
                RPCError(.outOfRange, "The reply is longer than a message may be: ask for a smaller page."), started)
        }
        return leave(with: reply, .ok, started)
    }

    private func fail(_ error: any Error, _ started: CallInstant) -> Answer {
        let translated = dispatcher.failures.rpcError(for: error, context)
        return leave(with: call.start.refusal(translated), translated.code, started)
    }

    /// Gives the place among the running calls back; before the reply is sent, because its caller may call again at once.
    private func leave(
        with reply: consuming PackedReply, _ code: RPCError.Code, _ started: CallInstant
    ) -> Answer {
        dispatcher.admission.leave()
        return Answer(bytes: call.start.signed(reply), code: code, nanoseconds: started.nanoseconds(to: .now))
    }

    /// Writes the call into log and metrics. After its reply was sent, so that the caller does not wait for it.
    public func note(_ answer: Answer) {
        route.note(context, answer.code, answer.nanoseconds)
    }
}

extension RPCDispatcher {
    /// Appends the reply of an inline handler, or why there is none, and says how the call ended.
    func run(
        _ serve: RPCRouter.ServeInline, _ call: ReceivedCall, _ route: ServedRoute, _ context: CallContext,
        _ started: CallInstant, appendingTo frame: inout [UInt8]
    ) -> RPCError.Code {
        let start = frame.count
        do {
            try context.checkNotExpired(started)
            if let observation = route.observation {
                try observation.trace.run(context) { try serve(call, context, &frame) }
            } else {
                try serve(call, context, &frame)
            }
            return .ok
        } catch {
            frame.removeLast(frame.count - start)
            let translated = failures.rpcError(for: error, context)
            call.start.append(translated, to: &frame)
            return translated.code
        }
    }
}

extension CallContext {
    /// Nothing is executed that has expired since it was admitted.
    fileprivate func checkNotExpired(_ now: CallInstant) throws(RPCError) {
        guard now < expiry else {
            throw RPCError(
                .deadlineExceeded, "The deadline of the call passed before it was executed.", notExecuted: true)
        }
    }
}

extension ServedRoute {
    /// Writes a call into log and metrics.
    func note(_ context: CallContext, _ code: RPCError.Code, _ nanoseconds: Int64) {
        guard let observation else { return }
        observation.log.write(context, code)
        timers?.record(code, nanoseconds)
    }
}
