internal import JWTKit

/// A key of a set as it is published (RFC 7517). Most of its members are read leniently: identity providers publish keys
/// for other purposes beside those that sign tokens.
struct PublishedKey: Decodable {
    private let type: String?
    private let use: String?
    private let operations: [String]?
    private let curve: String?
    private let algorithm: String?
    private let modulus: String?
    private let exponent: String?
    private let x: String?
    private let y: String?
    let identifier: String?

    private enum Member: String, CodingKey {
        case kty, use
        case operations = "key_ops"
        case crv, alg, n, e, x, y, kid
    }

    init(from decoder: any Decoder) {
        let members = try? decoder.container(keyedBy: Member.self)
        func text(_ member: Member) -> String? { try? members?.decode(String.self, forKey: member) }
        type = text(.kty)
        use = text(.use)
        operations = try? members?.decode([String].self, forKey: .operations)
        curve = text(.crv)
        algorithm = text(.alg)
        modulus = text(.n)
        exponent = text(.e)
        x = text(.x)
        y = text(.y)
        identifier = text(.kid)
    }

    /// What tokens are signed with by this key: as it says itself, else as its type does. Nil for a key that is for
    /// something else, or that no token can name: such a key is to be ignored (RFC 7517, section 5).
    var tokenAlgorithm: String? {
        guard use ?? "sig" == "sig", operations?.contains("verify") ?? true, identifier?.isEmpty == false else {
            return nil
        }
        switch (type, algorithm) {
        case ("RSA", "RS256"), ("RSA", nil): return "RS256"
        case ("EC", "ES256"): return "ES256"
        case ("EC", nil) where curve == "P-256": return "ES256"
        default: return nil
        }
    }

    /// Its public half; nil where a part is missing or wrong.
    var checked: JWK? {
        let name = identifier.map { JWKIdentifier(string: $0) }
        switch tokenAlgorithm {
        case "RS256":
            guard let modulus, modulus.utf8.count * 6 >= Self.leastModulusBits else { return nil }
            return .rsa(.rs256, identifier: name, modulus: modulus, exponent: exponent)
        case "ES256":
            guard curve ?? "P-256" == "P-256" else { return nil }
            return .ecdsa(.es256, identifier: name, x: x, y: y, curve: .p256)
        default: return nil
        }
    }

    static let leastModulusBits = 2_048
}
