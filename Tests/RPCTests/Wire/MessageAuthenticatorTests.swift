import Crypto
import Nettle
import TestSupport
import Testing

@Suite("The message authentication code")
struct MessageAuthenticatorTests {
    private struct Case {
        let key: [UInt8]
        let message: [UInt8]
        let code: String
    }

    /// RFC 4231, sections 4.2 to 4.5: those with a key of at most one block.
    private static let cases = [
        Case(
            key: [UInt8](repeating: 0x0B, count: 20), message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Case(
            key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Case(
            key: [UInt8](repeating: 0xAA, count: 20), message: [UInt8](repeating: 0xDD, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Case(
            key: Array(1...25), message: [UInt8](repeating: 0xCD, count: 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    ]

    @Test("it is the one of RFC 4231")
    func examples() {
        for example in Self.cases {
            var bytes = example.message
            MessageAuthenticator(secret: example.key).appendCode(to: &bytes)
            let code = bytes[example.message.count...].map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            #expect(code.joined() == example.code)
        }
    }

    @Test("it is the one of the library, for keys and messages of every length, and only that one verifies")
    func library() {
        var generator = SeededGenerator("message authentication")
        for count in Array(0...200) + [681, 4_096, 70_000] {
            let key = (0..<Int.random(in: 1...64, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
            let message = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            let authenticator = MessageAuthenticator(secret: key)
            var signed = message
            authenticator.appendCode(to: &signed)
            let expected = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key))
            #expect(Array(signed[count...]) == Array(expected))
            #expect(authenticator.verifies(signed, signedCount: count))
            var changed = signed
            changed[Int.random(in: changed.indices, using: &generator)] ^= 1 << UInt8.random(in: 0..<8)
            #expect(!authenticator.verifies(changed, signedCount: count))
            #expect(!authenticator.verifies(Array(signed.dropLast()), signedCount: count))
            #expect(!authenticator.verifies(signed + [0], signedCount: count))
        }
    }
}
