internal import ProtobufC

/// A reply on its way out: envelope and body, packed, not signed yet.
public struct PackedReply: Sendable {
    var frame: [UInt8]

    /// Bytes that the reply will take on the wire, without its MAC.
    public var byteCount: Int { frame.count }
}

/// What a reply begins with.
struct ReplyStart: Sendable {
    /// What answers a message of its own.
    struct Message: Sendable {
        /// Of the call, or of the bundle that is refused as one: it binds the two.
        let nonce: Nonce
        /// Nil where the MAC could not be checked: the reply then goes out unsigned and can only refuse.
        let key: SigningKey?
    }

    /// Nil for the reply to a call in a bundle, which is signed for all.
    let message: Message?
    /// The method is a read that is answered from memory.
    var isFromMemory = false

    static let bundled = ReplyStart(message: nil)

    /// Appends the reply of a handler that succeeded.
    func append(_ reply: some ProtobufMessage, to frame: inout [UInt8]) throws(RPCError) {
        let start = begin(nil, in: &frame)
        do throws(ProtobufError) {
            try reply.append(to: &frame)
        } catch {
            throw RPCError(.internalError, "The reply cannot be sent: \(error.message).")
        }
        if message == nil { CallBundle.finishItem(from: start, in: &frame) }
    }

    func append(_ error: RPCError, to frame: inout [UInt8]) {
        let start = begin(error.bounded, in: &frame)
        if message == nil { CallBundle.finishItem(from: start, in: &frame) }
    }

    /// The reply of a handler that succeeded.
    func packed(_ reply: some ProtobufMessage) throws(RPCError) -> PackedReply {
        var frame = Self.emptyFrame()
        try append(reply, to: &frame)
        return PackedReply(frame: frame)
    }

    func refusal(_ error: RPCError) -> PackedReply {
        var frame: [UInt8] = []
        frame.reserveCapacity(256)
        append(error, to: &frame)
        return PackedReply(frame: frame)
    }

    /// Enough for most replies without growing (`append(to:)` grows it where needed), and a size of which the C
    /// library's allocator keeps blocks for each thread.
    static func emptyFrame() -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(960)
        return frame
    }

    /// The bytes that travel.
    func signed(_ reply: consuming PackedReply) -> [UInt8] {
        var frame = reply.frame
        message?.key?.sign(&frame)
        return frame
    }

    /// Appends everything before the body, and says where the envelope begins.
    private func begin(_ error: RPCError?, in frame: inout [UInt8]) -> Int {
        let start: Int
        if let message {
            let algorithm = message.key == nil ? WireLayout.noMAC : WireLayout.macAlgorithm
            WireLayout.begin(WireLayout.replyMagic, algorithm: algorithm, in: &frame)
            start = frame.count
        } else {
            start = CallBundle.beginItem(in: &frame)
        }
        ReplyEnvelope.append(error, answering: message, isFromMemory: isFromMemory, to: &frame)
        frame.finishPart(from: start)
        return start
    }
}

extension RPCError {
    private static let longestMessageBytes = 4_096
    private static let longestFieldBytes = 512

    /// An error that surely fits an envelope.
    var bounded: RPCError {
        guard message.utf8.count > Self.longestMessageBytes || (field?.utf8.count ?? 0) > Self.longestFieldBytes else {
            return self
        }
        var copy = self
        // A character has at least one byte and in our sentences at most four.
        copy.message = String(message.prefix(Self.longestMessageBytes / 4))
        copy.field = field.map { String($0.prefix(Self.longestFieldBytes / 4)) }
        return copy
    }
}
