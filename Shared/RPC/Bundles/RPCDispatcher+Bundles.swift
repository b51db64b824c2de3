/// Calls that came together. Who signed them, when, and whether they came before is checked once for all; the rest, for
/// each of them, in the order in which it is checked for a call alone.
extension RPCDispatcher {
    /// Whether these bytes are for `answerBundle(_:)`; all others are for `receive(_:)`.
    public static func isBundle(_ frame: [UInt8]) -> Bool {
        WireLayout.begins(frame, with: WireLayout.bundleMagic)
    }

    /// Checks a bundle and runs its calls here and now, one after the other. Does not suspend and does not block, because
    /// it runs no other calls than reads that are answered from memory.
    public func answerBundle(_ frame: [UInt8]) -> [UInt8] {
        do throws(Refusal) {
            let bundle = try authenticate(frame, WireLayout.bundleMagic)
            let moment = try checkClock(bundle)
            try checkCaller(bundle)
            guard let items = CallBundle.items(of: frame, bundle.body) else {
                throw bundle.refuse(.invalidArgument, "The calls of a bundle cannot be told apart: see wire.md.")
            }
            try checkReplay(bundle, isRepeatable: true, moment)
            // One place for all: no two of them run at once.
            try admit(bundle)
            defer { admission.leave() }
            return answers(to: items, of: bundle, moment)
        } catch {
            return refuse(error)
        }
    }

    private func answers(
        to items: [CallBundle.Item], of bundle: borrowing AuthenticCall, _ moment: Moment
    ) -> [UInt8] {
        var replies = WireLayout.begin(
            magic: WireLayout.bundleReplyMagic, algorithm: WireLayout.macAlgorithm, capacity: 1_024)
        ReplyEnvelope.append(nil, answering: bundle.start.message, isFromMemory: false, to: &replies)
        WireLayout.finishEnvelope(of: &replies)
        let start = replies.count
        var route: ServedRoute?
        for (index, item) in items.enumerated() {
            answer(item, of: bundle, moment, &route, in: &replies)
            // Replies of one method are about as long as each other.
            if index == 0 {
                replies.reserveCapacity(start + (replies.count - start) * (items.count + items.count / 4 + 1))
            }
        }
        bundle.key.sign(&replies)
        return replies
    }

    /// - Parameter route: that of the call before, which nearly always is that of this one.
    private func answer(
        _ item: CallBundle.Item, of bundle: borrowing AuthenticCall, _ moment: Moment, _ route: inout ServedRoute?,
        in replies: inout [UInt8]
    ) {
        do throws(Refusal) {
            let call = try call(item, of: bundle)
            let deadline = try deadline(of: item, in: bundle, at: moment)
            let served = try findRoute(call, after: route)
            route = served
            try checkSize(call, served)
            let context = try readContext(call, served, deadline)
            answer(call, served, context, in: &replies)
        } catch {
            note(error)
            error.start.append(error.error, to: &replies)
        }
    }

    private func call(
        _ item: CallBundle.Item, of bundle: borrowing AuthenticCall
    ) throws(Refusal) -> AuthenticCall {
        guard let envelope = try? CallEnvelope(bundle.frame, item.envelope), !envelope.saysWhoSigns else {
            throw .bundled(.invalidArgument, "The envelope of the call cannot be read: see wire.md, Bundles.")
        }
        return AuthenticCall(
            frame: bundle.frame, envelope: envelope, body: item.body, key: bundle.key, start: .bundled)
    }

    private func deadline(
        of item: CallBundle.Item, in bundle: borrowing AuthenticCall, at moment: Moment
    ) throws(Refusal) -> CallInstant {
        let deadline = deadline(
            issuedAtMicroseconds: bundle.envelope.issuedAtMicroseconds,
            remainingMilliseconds: UInt64(item.remainingMilliseconds), at: moment)
        guard let deadline else {
            throw .bundled(.deadlineExceeded, "The deadline of the call passed before it was executed.")
        }
        return deadline
    }

    private func findRoute(
        _ call: borrowing AuthenticCall, after last: ServedRoute?
    ) throws(Refusal) -> ServedRoute {
        if let last {
            let name = last.nameBytes
            if call.frame.span.extracting(call.envelope.method).hasBytes(of: name.span) { return last }
        }
        return try findRoute(call)
    }

    /// Runs a call if it is a read that is answered from memory, because the others of the bundle wait for it. Any other
    /// is refused, and may come again alone; so may one whose reply is too long for a bundle, which reading twice does
    /// not harm.
    private func answer(
        _ call: borrowing AuthenticCall, _ route: ServedRoute, _ context: CallContext, in replies: inout [UInt8]
    ) {
        let started = CallInstant.now
        let code: RPCError.Code
        let reply = ReplyStart(message: nil, isFromMemory: route.isFromMemory)
        if route.isFromMemory, case .inline(let serve) = route.handler {
            let start = replies.count
            let received = ReceivedCall(frame: call.frame, body: call.body, start: reply)
            code = run(serve, received, route, context, started, appendingTo: &replies)
            if replies.count - start - WireLayout.lengthByteCount > CallBundle.longestItemByteCount {
                replies.removeLast(replies.count - start)
                reply.append(Self.sendAlone(notExecuted: false), to: &replies)
            }
        } else {
            code = .unavailable
            reply.append(Self.sendAlone(notExecuted: true), to: &replies)
        }
        route.note(context, code, started.nanoseconds(to: .now))
    }

    private static func sendAlone(notExecuted: Bool) -> RPCError {
        RPCError(.unavailable, "This call cannot be answered in a bundle: send it alone.", notExecuted: notExecuted)
    }
}

extension CallEnvelope {
    /// In a bundle that is said once for all: two places might say two things.
    fileprivate var saysWhoSigns: Bool {
        !caller.isEmpty || !keyID.isEmpty || !nonce.isEmpty || issuedAtMicroseconds != 0 || remainingMilliseconds != 0
    }
}

extension Refusal {
    fileprivate static func bundled(_ code: RPCError.Code, _ message: String) -> Refusal {
        Refusal(start: .bundled, error: RPCError(code, message, notExecuted: true))
    }
}
