import Contracts
import Logging
import ProtobufC

@testable import RPC

/// A service as the socket hands it messages.
enum Serving {
    private static let method = RPCMethod<TestingV1.EchoRequest, TestingV1.EchoResponse>(
        "fuzz.Fuzz/Echo", kind: .mutating)
    static let key = made { try ServiceKey(id: "fuzz-1", service: "fuzz", secret: [UInt8](repeating: 7, count: 32)) }
    private static let signingKey = SigningKey(key)

    private static let dispatcher = made {
        var router = RPCRouter()
        router.handleInline(method) { request, _ in
            TestingV1.EchoResponse(text: request.text, payload: request.payload)
        }
        router.allow(method.name, callers: [key.service])
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

    private static func appendRightFields(_ flags: UInt8, to frame: inout [UInt8]) {
        func isWanted(_ bit: UInt8) -> Bool { flags & 1 << bit == 0 }
        if isWanted(0) { frame.appendField(1, text: method.name) }
        if isWanted(1) { frame.appendField(2, text: key.service) }
        if isWanted(2) { frame.appendField(3, text: key.id) }
        if isWanted(3) {
            frame.append(4 << 3 | 2)
            frame.append(UInt8(WireLayout.nonceByteCount))
            Nonce.next().append(to: &frame)
        }
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
