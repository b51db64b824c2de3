import Contracts
import Foundation

@testable import RPC

/// The bytes of a call, with every part open to change: what a well-behaved channel never sends.
struct CallForm {
    var key: ServiceKey
    /// Signs instead of `key`, where a wrong signature is wanted.
    var signer: ServiceKey?
    var envelope: RPCV1.Envelope
    var body: [UInt8]
    var magic = WireLayout.callMagic
    var version = WireLayout.version
    var algorithm = WireLayout.macAlgorithm

    /// A good call of `Add`.
    init(_ key: ServiceKey, amount: Int64 = 1) throws {
        self.key = key
        envelope = RPCV1.Envelope(
            method: TestingV1.TestingServiceMethods.add.name, caller: key.service, keyID: key.id,
            nonce: (0..<16).map { _ in UInt8.random(in: .min ... .max) },
            issuedAtMicros: Int64(Date().timeIntervalSince1970 * 1_000_000), remainingMilliseconds: 5_000,
            requestID: "test")
        body = try TestingV1.AddRequest(amount: amount).packed()
    }

    func bytes() throws -> [UInt8] {
        var frame = WireLayout.begin(magic: magic, algorithm: algorithm, capacity: 256)
        frame[4] = version
        frame += try envelope.packed()
        WireLayout.finishEnvelope(of: &frame)
        frame += body
        if algorithm != WireLayout.noMAC { SigningKey(signer ?? key).sign(&frame) }
        return frame
    }
}

/// A reply as a client in another language would read it: with the generated message, not with the reader under test.
struct ReplyForm {
    let isSigned: Bool
    let envelope: RPCV1.ReplyEnvelope
    let body: [UInt8]

    var code: RPCError.Code { RPCError.Code(rawValue: Int(envelope.status.rawValue)) ?? .unknown }

    init(_ frame: [UInt8]) throws {
        let parts = try WireLayout.parts(of: frame, magic: WireLayout.replyMagic)
        isSigned = parts.algorithm == WireLayout.macAlgorithm
        envelope = try RPCV1.ReplyEnvelope(unpacking: Array(frame[parts.envelope]))
        body = Array(frame[parts.body])
    }
}
