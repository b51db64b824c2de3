internal import CryptoExtras
internal import Foundation
internal import JWTKit
internal import Testing

/// Signs tokens for tests, and writes the key set that the gateway checks them with.
struct TokenMint {
    struct Claims: JWTPayload {
        var iss = "https://login.bank.test"
        var sub = "clerk-7"
        var aud: AudienceClaim = "zhike"
        var exp = ExpirationClaim(value: Date().addingTimeInterval(600))
        var nbf: NotBeforeClaim?
        var roles = ["marketer", "operator", "channel", "analyst", "admin"]
        var office = "/head/"

        func verify(using algorithm: some JWTAlgorithm) throws {}
    }

    let folder: URL
    private let keys = JWTKeyCollection()

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "gateway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await rotate()
    }

    /// Signs with a new key from now on, and replaces the key set by one that knows the new key alone.
    ///
    /// - Parameter file: another place for the new key set.
    func rotate(into file: URL? = nil) async throws {
        let key = ES256PrivateKey()
        await keys.add(ecdsa: key, kid: "k1")
        let point = try #require(key.parameters)
        let set = """
            {"keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "k1",
            "x": "\(Self.urlSafe(point.x))", "y": "\(Self.urlSafe(point.y))"}]}
            """
        try set.write(to: file ?? keySetFile, atomically: true, encoding: .utf8)
    }

    /// The same with an RSA key of 2,048 bits.
    func rotateToRSA() async throws {
        let key = try Insecure.RSA.PrivateKey(pem: _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation)
        await keys.add(rsa: key, digestAlgorithm: .sha256, kid: "r1")
        let (modulus, exponent) = try key.publicKey.getKeyPrimitives()
        let (n, e) = (modulus.base64EncodedString(), exponent.base64EncodedString())
        let set = """
            {"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "r1",
            "n": "\(Self.urlSafe(n))", "e": "\(Self.urlSafe(e))"}]}
            """
        try set.write(to: keySetFile, atomically: true, encoding: .utf8)
    }

    var keySetFile: URL { folder.appending(path: "keys.json") }

    func token(
        key: JWKIdentifier = "k1", _ change: (inout Claims) -> Void = { _ in }
    ) async throws -> String {
        var claims = Claims()
        change(&claims)
        return try await keys.sign(claims, kid: key)
    }

    /// A token with a good shape whose key nobody knows.
    func forged() async throws -> String {
        let others = JWTKeyCollection()
        await others.add(ecdsa: ES256PrivateKey(), kid: "k1")
        return try await others.sign(Claims(), kid: "k1")
    }

    private static func urlSafe(_ text: String) -> String {
        text.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
