/// What a transport needs to let calls travel together: signs a bundle where it leaves, and reads what comes back.
public final class BundleSealer: Sendable {
    private let key: SigningKey

    public init(_ key: ServiceKey) {
        self.key = SigningKey(key)
    }

    /// What the replies to a bundle must answer.
    public struct Expected: Sendable {
        fileprivate let nonce: Nonce
        fileprivate let count: Int
    }

    /// The signed bytes of a bundle that leaves now, and what is expected back.
    public func seal(_ parts: [BundlePart]) -> (frame: [UInt8], expected: Expected) {
        let nonce = Nonce.next()
        var frame = WireLayout.begin(
            magic: WireLayout.bundleMagic, algorithm: WireLayout.macAlgorithm,
            capacity: parts.reduce(512) { $0 + $1.bytes.count })
        frame.append(contentsOf: key.callerAndKeyFields)
        frame.appendField(4, nonce)
        frame.appendField(5, varint: UInt64(bitPattern: WallClock.nowMicroseconds))
        WireLayout.finishEnvelope(of: &frame)
        let now = CallInstant.now
        for part in parts {
            let start = frame.count
            frame.append(contentsOf: part.bytes)
            CallBundle.setRemaining(now.milliseconds(until: part.deadline), ofItemAt: start, in: &frame)
        }
        key.sign(&frame)
        return (frame, Expected(nonce: nonce, count: parts.count))
    }

    /// The replies to a bundle, in the order of its calls.
    public struct Replies: Sendable {
        fileprivate let frame: [UInt8]
        fileprivate let items: [CallBundle.Item]

        public subscript(index: Int) -> BundledReply { BundledReply(frame: frame, item: items[index]) }
    }

    /// Checks that bytes are signed and answer this very bundle. Throws what the server said to all of its calls at once.
    public func open(_ frame: consuming [UInt8], _ expected: Expected) throws(RPCError) -> Replies {
        guard WireLayout.begins(frame, with: WireLayout.bundleReplyMagic) else {
            // What refuses them all is a single reply; one that is OK answers none of them.
            _ = try key.open(frame, answering: expected.nonce)
            throw .otherWire
        }
        let (parts, envelope) = try key.parts(
            ofReply: frame, magic: WireLayout.bundleReplyMagic, answering: expected.nonce)
        guard envelope.error == nil, let items = CallBundle.items(of: frame, parts.body), items.count == expected.count
        else { throw .otherWire }
        return Replies(frame: frame, items: items)
    }
}
