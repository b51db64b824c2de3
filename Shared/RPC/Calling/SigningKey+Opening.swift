extension SigningKey {
    /// Checks that a reply is signed and answers this very call, and gives its body or throws its error.
    func open(_ frame: [UInt8], answering nonce: Nonce) throws(RPCError) -> ReceivedReply {
        let (parts, envelope) = try parts(ofReply: frame, magic: WireLayout.replyMagic, answering: nonce)
        if let error = envelope.error { throw error }
        return ReceivedReply(frame: frame, body: parts.body, isFromMemory: envelope.isFromMemory)
    }

    /// The parts of a reply that is signed and answers what was sent with this nonce.
    func parts(
        ofReply frame: [UInt8], magic: UInt32, answering nonce: Nonce
    ) throws(RPCError) -> (WireLayout.Parts, ReplyEnvelope) {
        guard let parts = try? WireLayout.parts(of: frame, magic: magic),
            let envelope = try? ReplyEnvelope(frame, parts.envelope)
        else { throw .otherWire }
        guard parts.algorithm != WireLayout.noMAC else { throw Self.unsigned(envelope.error) }
        guard verifies(frame, parts), Nonce(frame.span.extracting(envelope.nonce)) == nonce else {
            throw RPCError(.unauthenticated, "The reply is not signed by a service that knows this caller's key.")
        }
        return (parts, envelope)
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
}

extension RPCError {
    static var otherWire: RPCError {
        RPCError(.internalError, "What answered does not speak version 1 of the wire.")
    }
}
