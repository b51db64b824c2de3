internal import Crypto
internal import Foundation
internal import JWTKit
internal import RPC

/// The public keys that tokens may be signed with: a JWKS file (RFC 7517) of ES256 and RS256 keys.
struct KeySet: Sendable {
    private let keys: JWTKeyCollection
    /// The one algorithm that each key is for: a token cannot choose another.
    private let algorithms: [String: String]

    private static let allowed = ["ES256", "RS256"]
    private static let leastModulusBits = 2_048

    /// - Throws: a sentence that names what is wrong with the file.
    init(contentsOfFile path: String) async throws(RuntimeError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw RuntimeError(
                .configurationInvalid, "The key set \(path) cannot be read: check its path and rights.")
        }
        try await self.init(data, named: path)
    }

    init(_ data: Data, named path: String) async throws(RuntimeError) {
        guard let set = try? JSONDecoder().decode(JWKS.self, from: data), !set.keys.isEmpty else {
            throw RuntimeError(
                .configurationInvalid, "The key set \(path) must be a JWKS with at least one key: check its syntax.")
        }
        var algorithms: [String: String] = [:]
        let keys = JWTKeyCollection()
        for key in set.keys {
            guard let identifier = key.keyIdentifier?.string, !identifier.isEmpty, algorithms[identifier] == nil,
                let algorithm = key.algorithm?.rawValue, Self.allowed.contains(algorithm)
            else {
                throw RuntimeError(
                    .configurationInvalid,
                    "Each key of \(path) needs a kid of its own and the alg ES256 or RS256: correct it.")
            }
            guard Self.isLongEnough(key), (try? await keys.add(jwk: key)) != nil else {
                throw RuntimeError(
                    .configurationInvalid,
                    "The key \(identifier) of \(path) is no \(algorithm) key, or an RSA key under "
                        + "\(Self.leastModulusBits) bits: replace it.")
            }
            algorithms[identifier] = algorithm
        }
        self.keys = keys
        self.algorithms = algorithms
    }

    /// The claims of a token whose signature, times and algorithm hold; nil for every other.
    func claims(of token: String) async -> TokenClaims? {
        guard let header = Self.header(of: token), let algorithm = algorithms[header.kid], header.alg == algorithm
        else { return nil }
        return try? await keys.verify(token, as: TokenClaims.self)
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

    private static func isLongEnough(_ key: JWK) -> Bool {
        guard let modulus = key.modulus else { return true }
        return modulus.utf8.count * 6 >= leastModulusBits
    }
}
