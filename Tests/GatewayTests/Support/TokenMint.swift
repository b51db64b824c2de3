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
    /// - Parameters:
    ///   - file: another place for the new key set.
    ///   - foreign: keys that stand beside the new one, each as JSON.
    func rotate(into file: URL? = nil, beside foreign: [String] = []) async throws {
        let set = try await keySet(beside: foreign)
        try set.write(to: file ?? keySetFile, atomically: true, encoding: .utf8)
    }

    /// Signs with a new key from now on.
    ///
    /// - Parameters:
    ///   - foreign: keys that stand in the set before the new one, each as JSON.
    ///   - saysAlgorithm: whether the new key names its algorithm.
    /// - Returns: the key set.
    func keySet(beside foreign: [String] = [], saysAlgorithm: Bool = true) async throws -> String {
        let key = ES256PrivateKey()
        await keys.add(ecdsa: key, kid: "k1")
        let point = try #require(key.parameters)
        let own = """
            {"kty": "EC", "crv": "P-256", \(saysAlgorithm ? #""alg": "ES256", "use": "sig","# : "") "kid": "k1",
            "x": "\(Self.urlSafe(point.x))", "y": "\(Self.urlSafe(point.y))"}
            """
        return #"{"keys": [\#((foreign + [own]).joined(separator: ", "))]}"#
    }

    /// The same with an RSA key of 2,048 bits.
    func rotateToRSA(saysAlgorithm: Bool = true) async throws {
        let key = try Insecure.RSA.PrivateKey(pem: _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation)
        await keys.add(rsa: key, digestAlgorithm: .sha256, kid: "r1")
        let (modulus, exponent) = try key.publicKey.getKeyPrimitives()
        let (n, e) = (modulus.base64EncodedString(), exponent.base64EncodedString())
        let set = """
            {"keys": [{"kty": "RSA", \(saysAlgorithm ? #""alg": "RS256", "use": "sig","# : "") "kid": "r1",
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
