import Contracts

@testable import RPC

/// The bytes of a bundle of calls, with every part open to change.
struct BundleForm {
    var key: ServiceKey
    /// Signs instead of `key`, where a wrong signature is wanted.
    var signer: ServiceKey?
    var envelope: RPCV1.Envelope
    /// Each with its header.
    var items: [[UInt8]]
    var version = WireLayout.version
    var algorithm = WireLayout.macAlgorithm

    /// A good bundle of these calls, whose own keys and nonces do not count.
    init(_ key: ServiceKey, _ calls: [CallForm]) throws {
        self.key = key
        envelope = try CallForm(key).envelope
        envelope.method = ""
        envelope.remainingMilliseconds = 0
        envelope.requestID = ""
        items = try calls.map { try Self.item($0) }
    }

    static func item(_ call: CallForm) throws -> [UInt8] {
        let remaining = call.envelope.remainingMilliseconds
        return item(try ownEnvelope(of: call).packed(), call.body, remainingMilliseconds: remaining)
    }

    /// Without what a bundle says for all.
    static func ownEnvelope(of call: CallForm) -> RPCV1.Envelope {
        var envelope = call.envelope
        (envelope.caller, envelope.keyID, envelope.nonce) = ("", "", [])
        (envelope.issuedAtMicros, envelope.remainingMilliseconds) = (0, 0)
        return envelope
    }

    static func item(_ envelope: [UInt8], _ body: [UInt8], remainingMilliseconds: UInt32 = 5_000) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendFixed(UInt32(8 + envelope.count + body.count))
        bytes.appendFixed(remainingMilliseconds)
        bytes.appendFixed(UInt32(envelope.count))
        return bytes + envelope + body
    }

    func bytes() throws -> [UInt8] {
        var frame = WireLayout.begin(magic: WireLayout.bundleMagic, algorithm: algorithm, capacity: 256)
        frame[4] = version
        frame += try envelope.packed()
        WireLayout.finishEnvelope(of: &frame)
        frame += items.joined()
        if algorithm != WireLayout.noMAC { SigningKey(signer ?? key).sign(&frame) }
        return frame
    }
}

/// The replies to a bundle as a client in another language would read them.
struct BundleReplyForm {
    struct Item {
        let envelope: RPCV1.ReplyEnvelope
        let body: [UInt8]

        var code: RPCError.Code { RPCError.Code(rawValue: Int(envelope.status.rawValue)) ?? .unknown }
    }

    let isSigned: Bool
    let envelope: RPCV1.ReplyEnvelope
    let items: [Item]

    init(_ frame: [UInt8], _ key: ServiceKey) throws {
        let parts = try WireLayout.parts(of: frame, magic: WireLayout.bundleReplyMagic)
        isSigned = SigningKey(key).verifies(frame, parts)
        envelope = try RPCV1.ReplyEnvelope(unpacking: Array(frame[parts.envelope]))
        items = try (CallBundle.items(of: frame, parts.body) ?? []).map {
            Item(envelope: try RPCV1.ReplyEnvelope(unpacking: Array(frame[$0.envelope])), body: Array(frame[$0.body]))
        }
    }
}

/// A bundle as it came to a server that knows nothing of methods: the bodies of its calls, and what to answer.
struct ReceivedBundle {
    let bodies: [[UInt8]]
    private let envelope: RPCV1.Envelope

    init?(_ frame: [UInt8]) {
        guard let parts = try? WireLayout.parts(of: frame, magic: WireLayout.bundleMagic),
            let envelope = try? RPCV1.Envelope(unpacking: Array(frame[parts.envelope])),
            let items = CallBundle.items(of: frame, parts.body)
        else { return nil }
        self.envelope = envelope
        bodies = items.map { Array(frame[$0.body]) }
    }

    /// Signed replies with these bodies.
    func replies(_ bodies: [[UInt8]], _ key: ServiceKey) throws -> [UInt8] {
        var frame = WireLayout.begin(
            magic: WireLayout.bundleReplyMagic, algorithm: WireLayout.macAlgorithm, capacity: 256)
        frame += try RPCV1.ReplyEnvelope(nonce: envelope.nonce, keyID: envelope.keyID).packed()
        WireLayout.finishEnvelope(of: &frame)
        frame += bodies.flatMap { BundleForm.item([], $0) }
        SigningKey(key).sign(&frame)
        return frame
    }
}

extension BundlePart {
    /// A call that says nothing but its body.
    init(body: [UInt8], deadline: CallInstant = .now + .seconds(20)) {
        self.init(bytes: BundleForm.item([], body), deadline: deadline)
    }
}

extension BundlingTransport {
    nonisolated(nonsending) func exchange(_ part: BundlePart) async throws(RPCError) -> BundledReply {
        try await RPCChannel.exchange(part, over: self)
    }
}

extension BundledReply {
    var body: [UInt8] { Array(frame[item.body]) }
}
