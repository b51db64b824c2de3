internal import Foundation
internal import JWTKit
internal import RPC

/// Signs tokens with the key of a sandbox; a bank's tokens come from its own identity provider.
struct TokenIssuer: Sendable {
    static let sandboxIssuer = "zhike-sandbox"

    private struct Claims: JWTPayload {
        let iss: String
        let sub: String
        let aud: AudienceClaim
        let exp: ExpirationClaim
        let roles: [String]
        let office: String

        func verify(using algorithm: some JWTAlgorithm) throws { try exp.verifyNotExpired() }
    }

    private let keys: JWTKeyCollection

    /// - Parameter keyFile: The private key as PEM, made by `zhike up`.
    init(keyFile: URL) async throws {
        guard let pem = try? String(contentsOf: keyFile, encoding: .utf8) else {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "There is no sandbox key here: start a suite with zhike up first, or name its folder with --data.",
                    "此处没有沙箱密钥：请先运行 zhike up，或用 --data 指定其文件夹。"))
        }
        keys = await JWTKeyCollection().add(ecdsa: try ES256PrivateKey(pem: pem), kid: "sandbox")
    }

    /// - Parameter lifetime: From now on; a token cannot be taken back, so keep it short.
    func token(for person: Principal, lifetime: Duration = .seconds(12 * 3_600)) async throws -> String {
        let claims = Claims(
            iss: Self.sandboxIssuer, sub: person.user, aud: AudienceClaim(value: ["zhike"]),
            exp: ExpirationClaim(value: Date().addingTimeInterval(Double(lifetime.components.seconds))),
            roles: person.roles, office: person.officePath)
        return try await keys.sign(claims, kid: "sandbox")
    }
}
