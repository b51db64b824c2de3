internal import Contracts
internal import Foundation
internal import JWTKit
internal import RPC
internal import Synchronization
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

    @Test("a key set behind links is read again when one of them leads elsewhere")
    func linked() async throws {
        try await withGateway(suite(), .test { $0.keySetMilliseconds = 20 }) { gateway in
            // As a secret is mounted: keys.json -> current/keys.json, current -> a folder that is never written again.
            let folder = gateway.mint.folder
            let (first, second) = (folder.appending(path: "first"), folder.appending(path: "second"))
            for place in [first, second] {
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            }
            func lead(_ link: String, to target: String) throws {
                let new = folder.appending(path: "new")
                try FileManager.default.createSymbolicLink(atPath: new.path, withDestinationPath: target)
                #expect(rename(new.path, folder.appending(path: link).path) == 0)
            }
            try await gateway.mint.rotate()
            try FileManager.default.copyItem(at: gateway.mint.keySetFile, to: first.appending(path: "keys.json"))
            try lead("current", to: "first")
            try lead("keys.json", to: "current/keys.json")
            let old = try await gateway.mint.token()
            try await eventually("the key behind the links counts") {
                try await gateway.send(.GET, "/v1/segments", token: old).status == 200
            }
            try await gateway.mint.rotate(into: second.appending(path: "keys.json"))
            try lead("current", to: "second")
            let new = try await gateway.mint.token()
            try await eventually("the new key counts") {
                try await gateway.send(.GET, "/v1/segments", token: new).status == 200
            }
            #expect(try await gateway.send(.GET, "/v1/segments", token: old).status == 401)
        }
    }

    @Test("a key set that could not be read is tried again, although it looks the same")
    func retried() async throws {
        let mint = try await TokenMint()
        defer { try? FileManager.default.removeItem(at: mint.folder) }
        let fails = Atomic<Bool>(false)
        var file = KeySetFile(path: mint.keySetFile.path) { path async throws(RuntimeError) in
            guard !fails.load(ordering: .relaxed) else { throw RuntimeError(.configurationInvalid, "No right.") }
            return try await KeySet(contentsOfFile: path)
        }
        _ = try await file.read()
        #expect(try await file.readIfChanged() == nil)
        try await mint.rotate()
        fails.store(true, ordering: .relaxed)
        await #expect(throws: RuntimeError.self) { try await file.readIfChanged() }
        fails.store(false, ordering: .relaxed)
        let keys = try #require(try await file.readIfChanged())
        #expect(await keys.claims(of: try await mint.token()) != nil)
        #expect(try await file.readIfChanged() == nil)
    }

    @Test("a key set that changes while it is read is read again")
    func changedMeanwhile() async throws {
        let mint = try await TokenMint()
        defer { try? FileManager.default.removeItem(at: mint.folder) }
        var file = KeySetFile(path: mint.keySetFile.path) { path async throws(RuntimeError) in
            let keys = try await KeySet(contentsOfFile: path)
            try? await mint.rotate()
            return keys
        }
        _ = try await file.read()
        #expect(try await file.readIfChanged() != nil)
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
