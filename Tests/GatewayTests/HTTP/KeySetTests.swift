internal import Foundation
internal import RPC
internal import TestSupport
internal import Testing

@testable internal import GatewayService

@Suite("Key sets as identity providers publish them")
struct KeySetTests {
    /// Keys for something else, or that no token can name.
    private static let foreign = [
        #"{"kty": "RSA", "use": "enc", "alg": "RSA-OAEP", "kid": "a", "n": "AQAB", "e": "AQAB"}"#,
        #"{"kty": "RSA", "use": "enc", "kid": "b", "n": "AQAB", "e": "AQAB"}"#,
        #"{"kty": "RSA", "alg": "RSA-OAEP-256", "kid": "c", "n": "AQAB", "e": "AQAB"}"#,
        #"{"kty": "RSA", "alg": "RS256", "key_ops": ["encrypt"], "kid": "d", "n": "AQAB", "e": "AQAB"}"#,
        #"{"kty": "RSA", "alg": "RS256", "n": "AQAB", "e": "AQAB"}"#,
        #"{"kty": "EC", "crv": "P-384", "alg": "ES384", "use": "sig", "kid": "e", "x": "AA", "y": "AA"}"#,
        #"{"kty": "EC", "crv": "P-384", "kid": "f", "x": "AA", "y": "AA"}"#,
        #"{"kty": "OKP", "crv": "X25519", "kid": "g", "x": "AA"}"#,
        #"{"kty": "oct", "kid": "h", "k": "AQAB"}"#,
        #"{"kty": "EC", "crv": "P-256", "use": "enc", "kid": "k1", "x": "AA", "y": "AA"}"#,
        "7",
    ]

    @Test("a key that is for something else is ignored", arguments: foreign)
    func ignored(key: String) async throws {
        let mint = try await TokenMint()
        defer { try? FileManager.default.removeItem(at: mint.folder) }
        let keys = try await KeySet(Data(try await mint.keySet(beside: [key]).utf8), named: "keys.json")
        #expect(keys.count == 1 && keys.ignoredCount == 1)
        #expect(await keys.claims(of: try await mint.token()) != nil)
    }

    @Test("a key without an algorithm is for the one of its type")
    func withoutAlgorithm() async throws {
        let mint = try await TokenMint()
        defer { try? FileManager.default.removeItem(at: mint.folder) }
        let set = try await mint.keySet(saysAlgorithm: false)
        let keys = try await KeySet(Data(set.utf8), named: "keys.json")
        #expect(await keys.claims(of: try await mint.token()) != nil)
        try await mint.rotateToRSA(saysAlgorithm: false)
        let others = try await KeySet(contentsOfFile: mint.keySetFile.path)
        #expect(await others.claims(of: try await mint.token(key: "r1")) != nil)
    }

    @Test("a rotation that brings foreign keys drops the old key all the same")
    func rotation() async throws {
        try await withGateway(FakeSuite(), .test { $0.keySetMilliseconds = 20 }) { gateway in
            // Let in: who lacks a service behind the gateway is answered 501, who lacks a key 401.
            #expect(try await gateway.send(.GET, "/v1/segments").status == 501)
            try await gateway.mint.rotate(beside: Self.foreign)
            let token = try await gateway.mint.token()
            try await eventually("the new key counts") {
                try await gateway.send(.GET, "/v1/segments", token: token).status == 501
            }
            #expect(try await gateway.send(.GET, "/v1/segments").status == 401)
        }
    }

    @Test(
        "a key that is for tokens and is broken refuses the set, whatever stands beside it",
        arguments: [
            #"{"kty": "EC", "crv": "P-384", "alg": "ES256", "kid": "a", "x": "AA", "y": "AA"}"#,
            #"{"kty": "EC", "crv": "P-256", "kid": "a", "x": "AA"}"#,
            #"{"kty": "RSA", "kid": "a", "n": "AQABAQAB", "e": "AQAB"}"#,
            #"{"kty": "RSA", "alg": "RS256", "kid": "a", "e": "AQAB"}"#,
        ])
    func broken(key: String) async throws {
        let mint = try await TokenMint()
        defer { try? FileManager.default.removeItem(at: mint.folder) }
        let set = try await mint.keySet(beside: [key])
        await #expect(throws: RuntimeError.self) { try await KeySet(Data(set.utf8), named: "keys.json") }
    }

    @Test("two keys of one name refuse the set")
    func twice() async throws {
        let mint = try await TokenMint()
        defer { try? FileManager.default.removeItem(at: mint.folder) }
        let set = try await mint.keySet()
        let own = String(set.dropFirst(#"{"keys": ["#.count).dropLast(2))
        let twice = #"{"keys": [\#(own), \#(own)]}"#
        await #expect(throws: RuntimeError.self) { try await KeySet(Data(twice.utf8), named: "keys.json") }
    }
}
