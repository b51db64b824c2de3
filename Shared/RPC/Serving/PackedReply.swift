internal import ProtobufC

/// A reply on its way out: envelope and body, packed, not signed yet.
public struct PackedReply: Sendable {
    var frame: [UInt8]

    /// Bytes that the reply will take on the wire, without its MAC.
    public var byteCount: Int { frame.count }
}

/// What a reply needs of its call: the nonce that binds the two, and the key that both sides know.
struct ReplyStart: Sendable {
    let nonce: Nonce
    /// Nil where the call's MAC could not be checked: the reply then goes out unsigned and can only refuse.
    let key: SigningKey?
    /// The method is a read that is answered from memory.
    var isFromMemory = false

    /// The reply of a handler that succeeded.
    func packed(_ message: some ProtobufMessage) throws(RPCError) -> PackedReply {
        // Enough for most replies without growing (`append(to:)` grows it where needed), and a size of which the C
        // library's allocator keeps blocks for each thread.
        var frame = begin(error: nil, capacity: 960)
        do throws(ProtobufError) {
            try message.append(to: &frame)
        } catch {
            throw RPCError(.internalError, "The reply cannot be sent: \(error.message).")
        }
        return PackedReply(frame: frame)
    }

    func refusal(_ error: RPCError) -> PackedReply {
        PackedReply(frame: begin(error: error, capacity: 256))
    }

    /// The bytes that travel.
    func signed(_ reply: consuming PackedReply) -> [UInt8] {
        var frame = reply.frame
        key?.sign(&frame)
        return frame
    }

    private func begin(error: RPCError?, capacity: Int) -> [UInt8] {
        let algorithm = key == nil ? WireLayout.noMAC : WireLayout.macAlgorithm
        var frame = WireLayout.begin(magic: WireLayout.replyMagic, algorithm: algorithm, capacity: capacity)
        ReplyEnvelope.append(error?.bounded, nonce: nonce, key: key, isFromMemory: isFromMemory, to: &frame)
        WireLayout.finishEnvelope(of: &frame)
        return frame
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
