/// The order is part of the design, from cheap to dear and from "anyone" to "somebody we know": length, MAC, time and
/// deadline, caller, method, the method's size limit, replay, budget. Unpacking comes after all of them, in the route.
extension RPCDispatcher {
    func check(_ frame: [UInt8]) -> Result<AdmittedCall, Refusal> {
        do throws(Refusal) {
            let call = try authenticate(frame, WireLayout.callMagic)
            let moment = try checkClock(call)
            let deadline = try deadline(of: call, at: moment)
            try checkCaller(call)
            let route = try findRoute(call)
            try checkSize(call, route)
            try checkReplay(call, isRepeatable: isRepeatable(call, route), moment)
            let context = try readContext(call, route, deadline)
            try admit(call)
            return .success(admitted(call, route, context))
        } catch {
            return .failure(error)
        }
    }

    private func admitted(_ call: borrowing AuthenticCall, _ route: ServedRoute, _ context: CallContext) -> AdmittedCall
    {
        var start = call.start
        start.isFromMemory = route.isFromMemory
        return AdmittedCall(
            call: ReceivedCall(frame: call.frame, body: call.body, start: start), route: route, context: context,
            dispatcher: self)
    }

    func authenticate(_ frame: [UInt8], _ magic: UInt32) throws(Refusal) -> AuthenticCall {
        let parts: WireLayout.Parts
        do {
            parts = try WireLayout.parts(of: frame, magic: magic)
        } catch .otherVersion(let version) {
            throw .unsigned(.unimplemented, "This service speaks version 1 of the wire, not version \(version).")
        } catch {
            throw .unsigned(.invalidArgument, "This is not a call: see wire.md for the layout of a message.")
        }
        guard let envelope = try? CallEnvelope(frame, parts.envelope) else {
            throw .unsigned(.invalidArgument, "The envelope of the call cannot be read: see envelope.proto.")
        }
        guard let nonce = Nonce(frame.span.extracting(envelope.nonce)) else {
            throw .unsigned(.invalidArgument, "The nonce of a call has 16 bytes.", field: "nonce")
        }
        guard let key = keys.value(in: frame, envelope.keyID), key.verifies(frame, parts) else {
            throw .unsigned(
                .unauthenticated, "The signature of the call is not accepted: check key id, secret and algorithm.",
                nonce: nonce)
        }
        return AuthenticCall(
            frame: frame, envelope: envelope, body: parts.body, key: key,
            start: ReplyStart(message: ReplyStart.Message(nonce: nonce, key: key)))
    }

    /// A moment by both clocks.
    struct Moment {
        let wallMicroseconds: Int64
        let instant: CallInstant
    }

    func checkClock(_ call: borrowing AuthenticCall) throws(Refusal) -> Moment {
        let now = WallClock.nowMicroseconds
        let (age, overflow) = now.subtractingReportingOverflow(call.envelope.issuedAtMicroseconds)
        guard !overflow, abs(age) <= ReplayWindow.toleranceSeconds * 1_000_000 else {
            throw call.refuse(
                .unauthenticated, "The call was signed at another time than now: check the clocks of both sides.",
                field: "issued_at_micros")
        }
        return Moment(wallMicroseconds: now, instant: .now)
    }

    /// The moment at which the caller stops waiting. The caller's clock says when that began, so that time spent in
    /// queues, or in a server that stood still, counts.
    func deadline(
        of call: borrowing AuthenticCall, at moment: Moment
    ) throws(Refusal) -> CallInstant {
        guard call.envelope.remainingMilliseconds > 0 else {
            throw call.refuse(
                .invalidArgument, "Every call has a deadline: send the time that remains.",
                field: "remaining_milliseconds")
        }
        let deadline = deadline(
            issuedAtMicroseconds: call.envelope.issuedAtMicroseconds,
            remainingMilliseconds: call.envelope.remainingMilliseconds, at: moment)
        guard let deadline else {
            throw call.refuse(.deadlineExceeded, "The deadline of the call passed before it was executed.")
        }
        return deadline
    }

    /// Nil where it has passed.
    func deadline(
        issuedAtMicroseconds issued: Int64, remainingMilliseconds: UInt64, at moment: Moment
    ) -> CallInstant? {
        let longest = RPCLimits.longestTimeout.components.seconds * 1_000_000
        let allowed = Int64(clamping: min(remainingMilliseconds, UInt64(longest)) * 1_000)
        // Both lie within the window of the clocks.
        let remaining = min(allowed, longest) - max(0, moment.wallMicroseconds - issued)
        return remaining > 0 ? moment.instant + .microseconds(remaining) : nil
    }

    func checkCaller(_ call: borrowing AuthenticCall) throws(Refusal) {
        let service = call.key.serviceBytes
        guard call.frame.span.extracting(call.envelope.caller).hasBytes(of: service.span) else {
            throw call.refuse(
                .unauthenticated, "The key belongs to another suite service than the caller named.", field: "caller")
        }
    }

    func findRoute(_ call: borrowing AuthenticCall) throws(Refusal) -> ServedRoute {
        guard let route = routes.value(in: call.frame, call.envelope.method) else {
            throw call.refuse(.unimplemented, "No such method is served here: ask Describe for the list.")
        }
        guard route.callers.contains(call.key.service) else {
            throw call.refuse(
                .permissionDenied, "\(call.key.service) may not call \(route.description.name).")
        }
        return route
    }

    func checkSize(_ call: borrowing AuthenticCall, _ route: ServedRoute) throws(Refusal) {
        guard call.body.count <= route.description.requestByteLimit else {
            throw call.refuse(
                .invalidArgument,
                "The request has \(call.body.count) bytes, \(route.description.name) takes at most "
                    + "\(route.description.requestByteLimit): send it in smaller parts.")
        }
    }

    /// Running a repeatable call twice changes nothing, and its deadline bounds for how long it can be repeated.
    private func isRepeatable(_ call: borrowing AuthenticCall, _ route: ServedRoute) -> Bool {
        route.description.kind != .mutating || !call.envelope.idempotencyKey.isEmpty
    }

    /// Remembers the nonce, before anything that is refused with `not_executed`: what was refused must not run later.
    func checkReplay(
        _ call: borrowing AuthenticCall, isRepeatable: Bool, _ moment: Moment
    ) throws(Refusal) {
        guard let nonce = call.start.message?.nonce else { return }
        switch replays.admit(nonce, issuedAtMicroseconds: call.envelope.issuedAtMicroseconds, at: moment.instant) {
        case .fresh: return
        case .seen:
            throw call.refuse(
                .unauthenticated, "This call was received before: sign each call with a new nonce.", field: "nonce",
                notExecuted: false)
        case .tooOld:
            guard !isRepeatable else { return }
            throw call.refuse(
                .unavailable, "The service cannot tell this call from a repeated one: sign it anew.",
                retryAfterMilliseconds: configuration.overloadRetryAfterMilliseconds)
        }
    }

    func readContext(
        _ call: borrowing AuthenticCall, _ route: ServedRoute, _ deadline: CallInstant
    ) throws(Refusal) -> CallContext {
        do {
            return CallContext(
                method: route.description.name,
                requestID: try call.envelope.requestID(in: call.frame),
                idempotencyKey: try call.envelope.idempotencyKey(in: call.frame),
                expiry: deadline,
                caller: call.key.service,
                principal: try call.envelope.principal(in: call.frame),
                trace: call.envelope.trace(in: call.frame))
        } catch {
            throw call.refuse(
                .invalidArgument, "The envelope's \(error.field) is too long or holds characters it may not.",
                field: error.field)
        }
    }

    /// Takes a place among the running calls.
    func admit(_ call: borrowing AuthenticCall) throws(Refusal) {
        switch admission.enter() {
        case .admitted: return
        case .full:
            throw call.refuse(
                .resourceExhausted, "The service runs as many calls as it may: ask again a little later.",
                retryAfterMilliseconds: configuration.overloadRetryAfterMilliseconds)
        case .draining:
            throw call.refuse(
                .unavailable, "The service is about to stop: ask again a little later.",
                retryAfterMilliseconds: configuration.overloadRetryAfterMilliseconds)
        }
    }
}
