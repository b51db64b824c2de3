import Contracts
import Logging
import ProtobufC

@testable import RPC

/// A service as the socket hands it messages.
enum Serving {
    private static let method = RPCMethod<TestingV1.EchoRequest, TestingV1.EchoResponse>(
        "fuzz.Fuzz/Echo", kind: .mutating)
    private static let readMethod = RPCMethod<TestingV1.EchoRequest, TestingV1.EchoResponse>(
        "fuzz.Fuzz/Read", kind: .read)
    static let key = made { try ServiceKey(id: "fuzz-1", service: "fuzz", secret: [UInt8](repeating: 7, count: 32)) }
    private static let signingKey = SigningKey(key)

    private static let dispatcher = made {
        var router = RPCRouter()
        for method in [method, readMethod] {
            router.handleInline(method) { request, _ in
                TestingV1.EchoResponse(text: request.text, payload: request.payload)
            }
            router.allow(method.name, callers: [key.service])
        }
        // Little memory for calls that were seen, so that forgetting is tried as well.
        return try RPCDispatcher(
            router: router, keys: KeyRing([key]), configuration: RPCServerConfiguration(rememberedCallLimit: 4_096),
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func made<Value>(_ make: () throws -> Value) -> Value {
        do {
            return try make()
        } catch {
            fatalError("\(error)")
        }
    }

    /// Bytes of a stranger: refused, without a signature.
    static func check(raw bytes: [UInt8]) {
        guard case .reply(let reply) = dispatcher.receive(bytes) else { fatalError("an unsigned call was let in") }
        let (parts, envelope) = opened(reply)
        guard parts.algorithm == WireLayout.noMAC, envelope.error != nil, parts.body.isEmpty else {
            fatalError("an unsigned call got more than a refusal")
        }
    }

    /// Bytes of somebody who knows the key. The first byte says which fields of the envelope stand there rightly, the
    /// next how long the rest of the envelope is; behind it stands the body.
    static func check(signed bytes: [UInt8]) {
        guard bytes.count >= 2 else { return }
        var frame = WireLayout.begin(magic: WireLayout.callMagic, algorithm: WireLayout.macAlgorithm, capacity: 4_096)
        appendRightFields(bytes[0], to: &frame)
        let rest = bytes[2...]
        frame += rest.prefix(Int(bytes[1]))
        WireLayout.finishEnvelope(of: &frame)
        frame += rest.dropFirst(Int(bytes[1]))
        signingKey.sign(&frame)
        switch dispatcher.receive(frame) {
        case .reply(let reply):
            guard opened(reply).envelope.error != nil else { fatalError("a refusal that is none") }
        case .run(let call):
            guard let answer = call.runInline() else { fatalError("an inline handler was not run") }
            call.note(answer)
            let (parts, envelope) = opened(answer.bytes)
            guard parts.algorithm == WireLayout.macAlgorithm, signingKey.verifies(answer.bytes, parts) else {
                fatalError("the reply of a call that ran is not signed")
            }
            guard
                envelope.error != nil
                    || (try? TestingV1.EchoResponse(unpacking: Array(answer.bytes[parts.body]))) != nil
            else { fatalError("the reply of a call that ran cannot be read") }
        }
        guard dispatcher.runningCount == 0 else { fatalError("a call that is over holds its place") }
    }

    /// A bundle of somebody who knows the key. The first byte says which fields stand rightly in the envelope of a first
    /// item, the next how long the rest of that envelope is, and the next how long its body is; what is left stands
    /// behind that item.
    static func check(bundle bytes: [UInt8]) {
        guard bytes.count >= 3 else { return }
        var frame = WireLayout.begin(magic: WireLayout.bundleMagic, algorithm: WireLayout.macAlgorithm, capacity: 4_096)
        frame.append(contentsOf: signingKey.callerAndKeyFields)
        frame.appendField(4, Nonce.next())
        frame.appendField(5, varint: UInt64(bitPattern: WallClock.nowMicroseconds))
        WireLayout.finishEnvelope(of: &frame)
        let start = CallBundle.beginItem(in: &frame)
        var rest = bytes[3...]
        CallBundle.setRemaining(
            UInt32(bytes[0]) * 100, ofItemAt: start - CallBundle.itemHeaderByteCount, in: &frame)
        // Caller, key, nonce and times stand in the bundle.
        appendRightFields(bytes[0] | 0b11_1110, of: readMethod.name, to: &frame)
        frame += rest.prefix(Int(bytes[1]))
        frame.finishPart(from: start)
        rest = rest.dropFirst(Int(bytes[1]))
        frame += rest.prefix(Int(bytes[2]))
        CallBundle.finishItem(from: start, in: &frame)
        frame += rest.dropFirst(Int(bytes[2]))
        signingKey.sign(&frame)
        let reply = dispatcher.answerBundle(frame)
        guard dispatcher.runningCount == 0 else { fatalError("a bundle that is over holds its place") }
        guard WireLayout.begins(reply, with: WireLayout.bundleReplyMagic) else {
            guard opened(reply).envelope.error != nil else { fatalError("a refusal that is none") }
            return
        }
        let parts = made { try WireLayout.parts(of: reply, magic: WireLayout.bundleReplyMagic) }
        let sent = made { try WireLayout.parts(of: frame, magic: WireLayout.bundleMagic) }
        guard signingKey.verifies(reply, parts), let items = CallBundle.items(of: reply, parts.body),
            items.count == CallBundle.items(of: frame, sent.body)?.count
        else { fatalError("a bundle is not answered by as many replies") }
        for item in items {
            let envelope = made { try ReplyEnvelope(reply, item.envelope) }
            guard
                envelope.error != nil
                    || (try? TestingV1.EchoResponse(unpacking: Array(reply[item.body]))) != nil
            else { fatalError("a reply in a bundle cannot be read") }
        }
    }

    private static func appendRightFields(_ flags: UInt8, of name: String = method.name, to frame: inout [UInt8]) {
        func isWanted(_ bit: UInt8) -> Bool { flags & 1 << bit == 0 }
        if isWanted(0) { frame.appendField(1, text: name) }
        if isWanted(1) { frame.appendField(2, text: key.service) }
        if isWanted(2) { frame.appendField(3, text: key.id) }
        if isWanted(3) { frame.appendField(4, Nonce.next()) }
        if isWanted(4) { frame.appendField(5, varint: UInt64(bitPattern: WallClock.nowMicroseconds)) }
        if isWanted(5) { frame.appendField(6, varint: 5_000) }
    }

    /// Every reply can be read.
    private static func opened(_ reply: [UInt8]) -> (parts: WireLayout.Parts, envelope: ReplyEnvelope) {
        made {
            let parts = try WireLayout.parts(of: reply, magic: WireLayout.replyMagic)
            return (parts, try ReplyEnvelope(reply, parts.envelope))
        }
    }
}
