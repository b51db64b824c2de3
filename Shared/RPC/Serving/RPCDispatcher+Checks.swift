/// Why a call is not run, and how to answer it.
struct Refusal: Error {
    let start: ReplyStart
    let error: RPCError
}

/// The order is part of the design, from cheap to dear and from "anyone" to "somebody we know": length, MAC, time and
/// deadline, method, caller, the method's size limit, replay, budget. Unpacking comes after all of them, in the route.
extension RPCDispatcher {
    func check(_ frame: [UInt8]) -> Result<AdmittedCall, Refusal> {
        do throws(Refusal) {
            let call = try authenticate(frame)
            let time = try checkTime(call)
            let route = try findRoute(call)
            try checkReplay(call, route, time.now)
            let context = try readContext(call, route, time.deadline)
            try admit(call)
            var start = call.start
            start.isFromMemory = route.isFromMemory
            return .success(
                AdmittedCall(
                    call: ReceivedCall(frame: frame, body: call.parts.body, start: start), route: route,
                    context: context, dispatcher: self))
        } catch {
            return .failure(error)
        }
    }

    /// A call whose MAC is right.
    private struct AuthenticCall {
        let frame: [UInt8]
        let parts: WireLayout.Parts
        let envelope: CallEnvelope
        let nonce: Nonce
        let key: SigningKey

        var start: ReplyStart { ReplyStart(nonce: nonce, key: key) }

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

    private func authenticate(_ frame: [UInt8]) throws(Refusal) -> AuthenticCall {
        let parts: WireLayout.Parts
        do {
            parts = try WireLayout.parts(of: frame, magic: WireLayout.callMagic)
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
        return AuthenticCall(frame: frame, parts: parts, envelope: envelope, nonce: nonce, key: key)
    }

    /// Now, and the moment at which the caller stops waiting. The caller's clock says when that began, so that time
    /// spent in queues, or in a server that stood still, counts.
    private func checkTime(
        _ call: borrowing AuthenticCall
    ) throws(Refusal) -> (now: ContinuousClock.Instant, deadline: ContinuousClock.Instant) {
        let issued = call.envelope.issuedAtMicroseconds
        let (age, overflow) = WallClock.nowMicroseconds.subtractingReportingOverflow(issued)
        guard !overflow, abs(age) <= ReplayWindow.toleranceSeconds * 1_000_000 else {
            throw call.refuse(
                .unauthenticated, "The call was signed at another time than now: check the clocks of both sides.",
                field: "issued_at_micros")
        }
        guard call.envelope.remainingMilliseconds > 0 else {
            throw call.refuse(
                .invalidArgument, "Every call has a deadline: send the time that remains.",
                field: "remaining_milliseconds")
        }
        let longest = RPCLimits.longestTimeout.components.seconds * 1_000_000
        let allowed = Int64(clamping: min(call.envelope.remainingMilliseconds, UInt64(longest)) * 1_000)
        let remaining = min(allowed, longest) - max(0, age)
        guard remaining > 0 else {
            throw call.refuse(.deadlineExceeded, "The deadline of the call passed before it was executed.")
        }
        let now = ContinuousClock.now
        return (now, now + .microseconds(remaining))
    }

    private func findRoute(_ call: borrowing AuthenticCall) throws(Refusal) -> ServedRoute {
        let frame = call.frame
        guard let route = routes.value(in: frame, call.envelope.method) else {
            throw call.refuse(.unimplemented, "No such method is served here: ask Describe for the list.")
        }
        let service = call.key.serviceBytes
        guard frame.span.extracting(call.envelope.caller).hasBytes(of: service.span) else {
            throw call.refuse(
                .unauthenticated, "The key belongs to another suite service than the caller named.", field: "caller")
        }
        guard route.callers.contains(call.key.service) else {
            throw call.refuse(
                .permissionDenied, "\(call.key.service) may not call \(route.description.name).")
        }
        guard call.parts.body.count <= route.description.requestByteLimit else {
            throw call.refuse(
                .invalidArgument,
                "The request has \(call.parts.body.count) bytes, \(route.description.name) takes at most "
                    + "\(route.description.requestByteLimit): send it in smaller parts.")
        }
        return route
    }

    /// Remembers the nonce, before anything that is refused with `not_executed`: what was refused must not run later.
    private func checkReplay(
        _ call: borrowing AuthenticCall, _ route: ServedRoute, _ now: ContinuousClock.Instant
    ) throws(Refusal) {
        switch replays.admit(call.nonce, issuedAtMicroseconds: call.envelope.issuedAtMicroseconds, at: now) {
        case .fresh: return
        case .seen:
            throw call.refuse(
                .unauthenticated, "This call was received before: sign each call with a new nonce.", field: "nonce",
                notExecuted: false)
        case .tooOld:
            // Running a repeatable call twice changes nothing, and its deadline bounds for how long it can be repeated.
            guard route.description.kind == .mutating, call.envelope.idempotencyKey.isEmpty else { return }
            throw call.refuse(
                .unavailable, "The service cannot tell this call from a repeated one: sign it anew.",
                retryAfterMilliseconds: configuration.overloadRetryAfterMilliseconds)
        }
    }

    private func readContext(
        _ call: borrowing AuthenticCall, _ route: ServedRoute, _ deadline: ContinuousClock.Instant
    ) throws(Refusal) -> CallContext {
        do {
            return CallContext(
                method: route.description.name,
                requestID: try call.envelope.requestID(in: call.frame),
                idempotencyKey: try call.envelope.idempotencyKey(in: call.frame),
                deadline: deadline,
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
    private func admit(_ call: borrowing AuthenticCall) throws(Refusal) {
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

extension Refusal {
    /// For bytes that prove nothing about their sender.
    fileprivate static func unsigned(
        _ code: RPCError.Code, _ message: String, field: String? = nil, nonce: Nonce = Nonce(high: 0, low: 0)
    ) -> Refusal {
        Refusal(
            start: ReplyStart(nonce: nonce, key: nil), error: RPCError(code, message, field: field, notExecuted: true))
    }
}
