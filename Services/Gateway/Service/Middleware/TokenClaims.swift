internal import JWTKit

/// The claims of a token that the gateway goes by.
struct TokenClaims: JWTPayload {
    /// Who issued it.
    let iss: String
    /// The person or machine: a code, never a name or a phone number.
    let sub: String
    let aud: AudienceClaim
    let exp: ExpirationClaim
    let nbf: NotBeforeClaim?
    let roles: [String]
    /// The office whose data may be seen, such as `/head/east/`.
    let office: String

    func verify(using algorithm: some JWTAlgorithm) throws {
        try exp.verifyNotExpired()
        try nbf?.verifyNotBefore()
    }
}
