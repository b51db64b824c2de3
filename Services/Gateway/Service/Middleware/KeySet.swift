internal import Crypto
internal import Foundation
internal import JWTKit
internal import RPC

/// The public keys that tokens may be signed with: a JWKS file (RFC 7517). Of it the ES256 and RS256 keys count; a
/// key that is for something else is ignored, so that a provider may publish and rotate it as it likes.
struct KeySet: Sendable {
    private let keys: JWTKeyCollection
    /// The one algorithm that each key is for: a token cannot choose another.
    private let algorithms: [String: String]

    /// Keys of the file that are for something else.
    let ignoredCount: Int

    var count: Int { algorithms.count }

    /// - Throws: a sentence that names what is wrong with the file.
    init(contentsOfFile path: String) async throws(RuntimeError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw RuntimeError(
                .configurationInvalid, "The key set \(path) cannot be read: check its path and rights.")
        }
        try await self.init(data, named: path)
    }

    init(_ data: Data, named path: String) async throws(RuntimeError) {
        guard let set = try? JSONDecoder().decode(Document.self, from: data) else {
            throw RuntimeError(
                .configurationInvalid, "The key set \(path) must be a JWKS, an object with keys: check its syntax.")
        }
        var algorithms: [String: String] = [:]
        let keys = JWTKeyCollection()
        for key in set.keys {
            guard let algorithm = key.tokenAlgorithm, let identifier = key.identifier else { continue }
            guard algorithms[identifier] == nil else {
                throw RuntimeError(
                    .configurationInvalid, "Two keys of \(path) have the kid \(identifier): give each its own.")
            }
            guard let checked = key.checked, (try? await keys.add(jwk: checked)) != nil else {
                throw RuntimeError(
                    .configurationInvalid,
                    "The key \(identifier) of \(path) is no \(algorithm) key, or an RSA key under "
                        + "\(PublishedKey.leastModulusBits) bits: replace it.")
            }
            algorithms[identifier] = algorithm
        }
        guard !algorithms.isEmpty else {
            throw RuntimeError(
                .configurationInvalid,
                "The key set \(path) holds no key that tokens can be signed with: it needs one with a kid, for ES256 or "
                    + "RS256.")
        }
        ignoredCount = set.keys.count - algorithms.count
        self.keys = keys
        self.algorithms = algorithms
    }

    /// The claims of a token whose signature, times and algorithm hold; nil for every other.
    func claims(of token: String) async -> TokenClaims? {
        guard let header = Self.header(of: token), let algorithm = algorithms[header.kid], header.alg == algorithm
        else { return nil }
        return try? await keys.verify(token, as: TokenClaims.self)
    }

    private struct Document: Decodable {
        let keys: [PublishedKey]
    }

    private struct Header: Decodable {
        let alg: String
        let kid: String
    }

    private static func header(of token: String) -> Header? {
        guard let first = token.split(separator: ".", maxSplits: 1).first else { return nil }
        var text = first.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text).flatMap { try? JSONDecoder().decode(Header.self, from: $0) }
    }
}
