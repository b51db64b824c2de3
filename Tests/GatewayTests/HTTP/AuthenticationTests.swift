internal import Contracts
internal import Foundation
internal import JWTKit
internal import RPC
internal import TestSupport
internal import Testing

@testable internal import GatewayService

@Suite("Tokens")
struct AuthenticationTests {
    private func suite() -> FakeSuite {
        var suite = FakeSuite()
        suite.on(SegmentationV1.SegmentationServiceMethods.listSegments) { _, _ in
            SegmentationV1.ListSegmentsResponse()
        }
        return suite
    }

    @Test("a good token is let in, none is refused with 401")
    func good() async throws {
        try await withGateway(suite()) { gateway in
            #expect(try await gateway.send(.GET, "/v1/segments").status == 200)
            let refused = try await gateway.send(.GET, "/v1/segments", token: "")
            #expect(refused.status == 401)
            #expect(refused.headers.first(name: "WWW-Authenticate") == "Bearer")
            #expect(try refused.member("code") == "unauthenticated")
        }
    }

    @Test("a token of another issuer or audience, expired, early or with a wrong subject or office is refused")
    func wrongClaims() async throws {
        try await withGateway(suite()) { gateway in
            let changes: [@Sendable (inout TokenMint.Claims) -> Void] = [
                { $0.iss = "https://elsewhere.test" },
                { $0.aud = "other" },
                { $0.exp = ExpirationClaim(value: Date().addingTimeInterval(-1)) },
                { $0.nbf = NotBeforeClaim(value: Date().addingTimeInterval(600)) },
                { $0.sub = "" },
                { $0.sub = "name with spaces" },
                { $0.office = "head" },
                { $0.office = "/head/'; --/" },
            ]
            for change in changes {
                let token = try await gateway.mint.token(change)
                #expect(try await gateway.send(.GET, "/v1/segments", token: token).status == 401)
            }
        }
    }

    @Test("a token signed by an unknown key, unsigned, cut or with a changed algorithm is refused")
    func forged() async throws {
        try await withGateway(suite()) { gateway in
            let good = gateway.token
            let parts = good.split(separator: ".").map(String.init)
            let unsigned = Data(#"{"alg":"none","kid":"k1"}"#.utf8).base64EncodedString()
            let symmetric = Data(#"{"alg":"HS256","kid":"k1"}"#.utf8).base64EncodedString()
            let tokens = [
                try await gateway.mint.forged(), "\(unsigned).\(parts[1]).", "\(symmetric).\(parts[1]).\(parts[2])",
                String(good.dropLast(5)), parts[0] + "." + parts[1], "x", String(repeating: "a", count: 9_000),
            ]
            for token in tokens {
                #expect(try await gateway.send(.GET, "/v1/segments", token: token).status == 401)
            }
        }
    }

    @Test("a role without the right is refused with 403, and an unknown role gives none")
    func rights() async throws {
        try await withGateway(suite()) { gateway in
            for roles in [["channel"], ["nobody-knows-this"], []] {
                let token = try await gateway.mint.token { $0.roles = roles }
                let answer = try await gateway.send(.GET, "/v1/segments", token: token)
                #expect(answer.status == 403)
                #expect(try answer.member("code") == "permission_denied")
            }
        }
    }

    @Test("a token signed with RS256 is let in by its key, and another key's algorithm is not taken for it")
    func rsa() async throws {
        try await withGateway(suite(), .test { $0.keySetMilliseconds = 20 }) { gateway in
            try await gateway.mint.rotateToRSA()
            let token = try await gateway.mint.token(key: "r1")
            #expect(token.hasPrefix("eyJ"))
            try await eventually("the RSA key counts") {
                try await gateway.send(.GET, "/v1/segments", token: token).status == 200
            }
            let parts = token.split(separator: ".").map(String.init)
            let other = Data(#"{"alg":"ES256","kid":"r1"}"#.utf8).base64EncodedString()
            let refused = try await gateway.send(.GET, "/v1/segments", token: "\(other).\(parts[1]).\(parts[2])")
            #expect(refused.status == 401)
        }
    }

    @Test("keys are rotated without a restart, and a key set that cannot be used changes nothing")
    func rotation() async throws {
        try await withGateway(suite(), .test { $0.keySetMilliseconds = 20 }) { gateway in
            #expect(try await gateway.send(.GET, "/v1/segments").status == 200)
            try await gateway.mint.rotate()
            let token = try await gateway.mint.token()
            try await eventually("the new key counts") {
                try await gateway.send(.GET, "/v1/segments", token: token).status == 200
            }
            #expect(try await gateway.send(.GET, "/v1/segments").status == 401)
            try "{}".write(to: gateway.mint.keySetFile, atomically: true, encoding: .utf8)
            #expect(try await gateway.send(.GET, "/v1/segments", token: token).status == 200)
        }
    }

    @Test(
        "a key set without names, with another algorithm, or with a short RSA key stops the start",
        arguments: [
            "{}", #"{"keys": []}"#,
            #"{"keys": [{"kty": "RSA", "alg": "RS256", "n": "AQAB", "e": "AQAB"}]}"#,
            #"{"keys": [{"kty": "RSA", "alg": "RS256", "kid": "a", "n": "AQABAQAB", "e": "AQAB"}]}"#,
            #"{"keys": [{"kty": "RSA", "alg": "PS256", "kid": "a", "n": "AQABAQAB", "e": "AQAB"}]}"#,
            #"{"keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "a", "x": "AA", "y": "AA"}]}"#,
        ])
    func keySets(text: String) async throws {
        await #expect(throws: RuntimeError.self) { try await KeySet(Data(text.utf8), named: "keys.json") }
    }
}
