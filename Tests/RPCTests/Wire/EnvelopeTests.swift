import Contracts
import TestSupport
import Testing

@testable import RPC

@Suite("The envelope written by hand against the one of the contract")
struct EnvelopeTests {
    private func randomText(_ generator: inout SeededGenerator, upTo limit: Int) -> String {
        String(
            (0..<Int.random(in: 0...limit, using: &generator)).map { _ in "a客é/_-7".randomElement(using: &generator)! })
    }

    private func randomEnvelope(_ generator: inout SeededGenerator) -> OutgoingEnvelope {
        let hasPrincipal = Bool.random(using: &generator)
        let hasKey = Bool.random(using: &generator)
        return OutgoingEnvelope(
            method: randomText(&generator, upTo: 200),
            requestID: RequestID(low: generator.next(), high: generator.next()),
            idempotencyKey: hasKey ? "k" + randomText(&generator, upTo: 130) : nil,
            trace: .random(),
            principal: hasPrincipal
                ? Principal(
                    user: randomText(&generator, upTo: 20),
                    roles: (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                        randomText(&generator, upTo: 10)
                    },
                    officePath: randomText(&generator, upTo: 150)) : nil)
    }

    @Test("what is written by hand is byte for byte what the generated message packs")
    func writing() throws {
        var generator = SeededGenerator("envelopes")
        let key = SigningKey(try ServiceKey.random(id: "gateway-1", service: "gateway"))
        for _ in 0..<500 {
            let envelope = randomEnvelope(&generator)
            let nonce = Nonce(high: generator.next(), low: generator.next())
            var alone: [UInt8] = []
            let issuedAt = Int64.random(in: .min ... .max, using: &generator)
            let remaining = UInt32.random(in: .min ... .max, using: &generator)
            envelope.append(
                signedBy: key, nonce, issuedAtMicroseconds: issuedAt, remainingMilliseconds: remaining, to: &alone)
            var bundled: [UInt8] = []
            envelope.append(to: &bundled)
            var nonceBytes: [UInt8] = []
            nonce.append(to: &nonceBytes)
            var requestID: [UInt8] = []
            envelope.requestID.append(to: &requestID)
            var generated = RPCV1.Envelope(
                method: envelope.method, caller: "gateway", keyID: "gateway-1", nonce: nonceBytes,
                issuedAtMicros: issuedAt, remainingMilliseconds: remaining,
                requestID: String(decoding: requestID, as: UTF8.self),
                idempotencyKey: envelope.idempotencyKey ?? "", traceparent: envelope.trace.traceparent,
                principal: envelope.principal.map {
                    RPCV1.Principal(user: $0.user, roles: $0.roles, officePath: $0.officePath)
                })
            #expect(alone == (try generated.packed()))
            // In a bundle, caller, key, nonce and time are said once for all, and the remaining time before the envelope.
            (generated.caller, generated.keyID, generated.nonce) = ("", "", [])
            (generated.issuedAtMicros, generated.remainingMilliseconds) = (0, 0)
            #expect(bundled == (try generated.packed()))
        }
    }

    @Test("what the generated reply envelope packs is read by hand, and the other way round")
    func replies() throws {
        var generator = SeededGenerator("reply envelopes")
        let key = SigningKey(try ServiceKey.random(id: "gateway-1", service: "gateway"))
        for _ in 0..<500 {
            let code = RPCError.Code.all.randomElement(using: &generator) ?? .ok
            let retryAfter = Int.random(in: 0...100_000, using: &generator)
            let field = randomText(&generator, upTo: 30)
            let error = RPCError(
                code, randomText(&generator, upTo: 200), field: field.isEmpty ? nil : field,
                retryAfterMilliseconds: retryAfter == 0 ? nil : retryAfter,
                notExecuted: Bool.random(using: &generator))
            var bytes: [UInt8] = []
            let isFromMemory = Bool.random(using: &generator)
            let message = ReplyStart.Message(
                nonce: Nonce(high: generator.next(), low: 7), key: Bool.random(using: &generator) ? key : nil)
            ReplyEnvelope.append(
                code == .ok ? nil : error, answering: Bool.random(using: &generator) ? message : nil,
                isFromMemory: isFromMemory, to: &bytes)
            let generated = try RPCV1.ReplyEnvelope(unpacking: bytes)
            #expect(try generated.packed() == bytes)
            #expect(generated.status.rawValue == Int32(code.rawValue))
            let read = try ReplyEnvelope(bytes, 0..<bytes.count)
            #expect(read.error == (code == .ok ? nil : error))
            #expect(Array(bytes[read.nonce]) == generated.nonce)
            #expect(read.isFromMemory == isFromMemory && generated.fromMemory == isFromMemory)
        }
    }

    @Test("a field that is unknown is skipped, one that stands twice or has another form is refused")
    func unknownAndTwice() throws {
        var good: [UInt8] = []
        var generator = SeededGenerator("one envelope")
        randomEnvelope(&generator).append(to: &good)
        // Field 90 as number, as fixed numbers of both sizes, and as bytes.
        let unknown: [UInt8] = [0xD0, 5, 0xFF, 1, 0xD1, 5, 1, 2, 3, 4, 5, 6, 7, 8, 0xD5, 5, 1, 2, 3, 4, 0xD2, 5, 1, 9]
        let extended = unknown + good
        #expect(throws: Never.self) { _ = try CallEnvelope(extended, 0..<extended.count) }
        let twice = good + [1 << 3 | 2, 0]
        #expect(throws: FieldReader.Malformed.self) { _ = try CallEnvelope(twice, 0..<twice.count) }
        for wrong: [UInt8] in [
            [1 << 3, 1], [6 << 3 | 2, 0], [0, 0], [3], [4], [6], [7], [0xFF], [10, 0xFF, 0xFF, 3],
        ] {
            #expect(throws: FieldReader.Malformed.self) { _ = try CallEnvelope(wrong, 0..<wrong.count) }
        }
        let endless = [UInt8](repeating: 0xFF, count: 11)
        #expect(throws: FieldReader.Malformed.self) { _ = try CallEnvelope(endless, 0..<11) }
    }
}
