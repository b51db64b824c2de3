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
            if index == 0 { replies.reserveCapacity(start + (replies.count - start) * (items.count + items.count / 4 + 1)) }
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
            let deadline = try deadline(of: call, at: moment)
            let served = try findRoute(call, after: route)
            route = served
            try checkSize(call, served)
            let context = try readContext(call, served, deadline)
            admitted(call, served, context).answerInBundle(appendingTo: &replies)
        } catch {
            note(error)
            error.start.append(error.error, to: &replies)
        }
    }

    private func call(
        _ item: CallBundle.Item, of bundle: borrowing AuthenticCall
    ) throws(Refusal) -> AuthenticCall {
        // Who signs is said once: two places might say two things.
        guard let envelope = try? CallEnvelope(bundle.frame, item.envelope), envelope.caller.isEmpty,
            envelope.keyID.isEmpty, envelope.nonce.isEmpty
        else {
            let error = RPCError(
                .invalidArgument, "The envelope of the call cannot be read: see wire.md, Bundles.", notExecuted: true)
            throw Refusal(start: .bundled, error: error)
        }
        return AuthenticCall(
            frame: bundle.frame, envelope: envelope, body: item.body, key: bundle.key, start: .bundled)
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
}

extension AdmittedCall {
    /// Runs a call that came in a bundle, if it is a read that is answered from memory, because the others of the bundle
    /// wait for it. Any other is refused, and may come again alone; so may one whose reply is too long for a bundle,
    /// which reading twice does not harm.
    fileprivate func answerInBundle(appendingTo replies: inout [UInt8]) {
        let started = ContinuousClock.now
        let code: RPCError.Code
        if route.isFromMemory, case .inline(let serve) = route.handler {
            let start = replies.count
            code = run(serve, started, appendingTo: &replies)
            if replies.count - start - WireLayout.lengthByteCount > CallBundle.longestItemByteCount {
                replies.removeLast(replies.count - start)
                call.start.append(Self.sendAlone(notExecuted: false), to: &replies)
            }
        } else {
            code = .unavailable
            call.start.append(Self.sendAlone(notExecuted: true), to: &replies)
        }
        note(code, started.duration(to: .now))
    }

    private static func sendAlone(notExecuted: Bool) -> RPCError {
        RPCError(.unavailable, "This call cannot be answered in a bundle: send it alone.", notExecuted: notExecuted)
    }
}
