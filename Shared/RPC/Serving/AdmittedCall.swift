/// A call that passed every check and holds a place among the running calls. Run it exactly once.
public struct AdmittedCall: Sendable {
    let call: ReceivedCall
    let route: ServedRoute
    public let context: CallContext
    let dispatcher: RPCDispatcher

    /// Runs a handler that was registered as inline, and gives the signed reply; nil for any other, which `run()` runs.
    public func runInline() -> [UInt8]? {
        guard case .inline(let serve) = route.handler else { return nil }
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
    public func runInBundle(replyByteLimit: Int) -> [UInt8] {
        guard route.isFromMemory, let reply = runInline() else {
            return fail(Self.sendAlone(notExecuted: true), ContinuousClock.now)
        }
        guard reply.count > replyByteLimit else { return reply }
        return call.start.signed(call.start.refusal(Self.sendAlone(notExecuted: false)))
    }

    private static func sendAlone(notExecuted: Bool) -> RPCError {
        RPCError(.unavailable, "This call cannot be answered in a bundle: send it alone.", notExecuted: notExecuted)
    }

    /// Runs the handler and gives the signed reply.
    public func run() async -> [UInt8] {
        guard case .waiting(let serve) = route.handler else { return runInline() ?? [] }
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

    private func end(_ reply: consuming PackedReply, _ started: ContinuousClock.Instant) -> [UInt8] {
        guard reply.byteCount <= RPCLimits.messageBytes - WireLayout.macByteCount else {
            return fail(
                RPCError(.outOfRange, "The reply is longer than a message may be: ask for a smaller page."), started)
        }
        note(.ok, started)
        return call.start.signed(reply)
    }

    private func fail(_ error: any Error, _ started: ContinuousClock.Instant) -> [UInt8] {
        let translated = dispatcher.failures.rpcError(for: error, context)
        note(translated.code, started)
        return call.start.signed(call.start.refusal(translated))
    }

    private func note(_ code: RPCError.Code, _ started: ContinuousClock.Instant) {
        dispatcher.admission.leave()
        guard let observation = route.observation else { return }
        observation.log.write(context, code)
        route.timers?.record(code, started.duration(to: .now))
    }
}
