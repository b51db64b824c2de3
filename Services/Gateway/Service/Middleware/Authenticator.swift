internal import Crypto
internal import Foundation
internal import Hummingbird
internal import RPC
internal import ServiceKit
internal import Synchronization

/// Finds out for whom a request is made: a bearer token (RFC 6750) that is a JWT of a configured issuer.
final class Authenticator: Sendable {
    private let keys: Mutex<KeySet>
    private let issuer: String
    private let audience: String
    /// Tokens seen lately by the hash of their text, so that a channel that sends hundreds of requests a second pays
    /// for one signature check a minute. Bounded; emptied when full.
    private let verified = Mutex<[SHA256Digest: Verified]>([:])

    private static let verifiedLimit = 4_096
    private static let verifiedFor: Duration = .seconds(60)
    private static let tokenByteLimit = 8_192

    private struct Verified {
        let principal: Principal
        let expires: Date
        let until: ContinuousClock.Instant
    }

    init(keys: KeySet, issuer: String, audience: String) {
        self.keys = Mutex(keys)
        self.issuer = issuer
        self.audience = audience
    }

    /// Goes on with other keys; what was verified with the old ones is forgotten.
    func use(_ keys: KeySet) {
        self.keys.withLock { $0 = keys }
        verified.withLock { $0.removeAll() }
    }

    /// The person of a request, by its Authorization header.
    func principal(of header: String?) async throws(Problem) -> Principal {
        guard let header else { throw Self.refused("Send a token: Authorization: Bearer …") }
        let scheme = "Bearer "
        guard header.utf8.count <= Self.tokenByteLimit, header.prefix(scheme.count).lowercased() == scheme.lowercased()
        else { throw Self.refused("The Authorization header must be a bearer token of at most 8 KiB.") }
        let token = String(header.dropFirst(scheme.count))
        let digest = SHA256.hash(data: Data(token.utf8))
        if let known = verified.withLock({ $0[digest] }), known.until > .now, known.expires > Date() {
            return known.principal
        }
        let keys = keys.withLock { $0 }
        guard let claims = await keys.claims(of: token) else {
            throw Self.refused("The token is not valid or has expired: get a new one.")
        }
        let principal = try check(claims)
        let entry = Verified(
            principal: principal, expires: claims.exp.value, until: .now.advanced(by: Self.verifiedFor))
        verified.withLock { known in
            if known.count >= Self.verifiedLimit { known.removeAll(keepingCapacity: true) }
            known[digest] = entry
        }
        return principal
    }

    private func check(_ claims: TokenClaims) throws(Problem) -> Principal {
        guard claims.iss == issuer else { throw Self.refused("The token is of another issuer: get one of \(issuer).") }
        guard claims.aud.value.contains(audience) else {
            throw Self.refused("The token is for another audience: get one for \(audience).")
        }
        guard Self.isUserName(claims.sub) else {
            throw Self.refused("The token's sub must be a code of 1 to 64 letters, digits and . _ - signs.")
        }
        guard OfficePath.isValid(claims.office) else {
            throw Self.refused("The token's office must be a path such as /head/east/.")
        }
        guard claims.roles.count <= 32, claims.roles.allSatisfy({ (1...48).contains($0.utf8.count) }) else {
            throw Self.refused("The token may name at most 32 roles of 48 characters.")
        }
        return Principal(user: claims.sub, roles: claims.roles, officePath: claims.office)
    }

    private static func isUserName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || [0x2E, 0x5F, 0x2D].contains(byte)
            }
    }

    private static func refused(_ detail: String) -> Problem {
        Problem(.unauthorized, "unauthenticated", detail, field: "Authorization")
    }
}
