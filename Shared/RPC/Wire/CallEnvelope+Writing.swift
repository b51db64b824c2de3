/// What a caller puts into the envelope of one attempt.
struct OutgoingEnvelope {
    let method: String
    let requestID: RequestID
    let idempotencyKey: String?
    let trace: TraceContext
    let principal: Principal?

    /// Appends the packed `Envelope` of a call that travels alone.
    func append(
        signedBy key: SigningKey, _ nonce: Nonce, issuedAtMicroseconds: Int64, remainingMilliseconds: UInt32,
        to frame: inout [UInt8]
    ) {
        frame.appendField(1, text: method)
        frame.append(contentsOf: key.callerAndKeyFields)
        frame.appendField(4, nonce)
        frame.appendField(5, varint: UInt64(bitPattern: issuedAtMicroseconds))
        frame.appendField(6, varint: UInt64(remainingMilliseconds))
        appendRest(to: &frame)
    }

    /// Appends the packed `Envelope` of a call in a bundle, which says for all of them who signs and when.
    func append(to frame: inout [UInt8]) {
        frame.appendField(1, text: method)
        appendRest(to: &frame)
    }

    private func appendRest(to frame: inout [UInt8]) {
        frame.append(7 << 3 | 2)
        frame.append(UInt8(RequestID.byteCount))
        requestID.append(to: &frame)
        if let idempotencyKey { frame.appendField(8, text: idempotencyKey) }
        frame.append(9 << 3 | 2)
        frame.append(UInt8(TraceContext.byteCount))
        trace.append(to: &frame)
        if let principal { Self.append(principal, to: &frame) }
    }

    private static func append(_ principal: Principal, to frame: inout [UInt8]) {
        var byteCount = [UInt8].fieldByteCount(text: principal.user)
        for role in principal.roles { byteCount += [UInt8].repeatedFieldByteCount(text: role) }
        byteCount += [UInt8].fieldByteCount(text: principal.officePath)
        frame.append(10 << 3 | 2)
        frame.appendVarint(UInt64(byteCount))
        frame.appendField(1, text: principal.user)
        for role in principal.roles { frame.appendRepeatedField(2, text: role) }
        frame.appendField(3, text: principal.officePath)
    }
}
