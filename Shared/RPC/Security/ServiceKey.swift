internal import Crypto
internal import Nettle

/// The key by which one calling suite service proves who it is.
///
/// Caller and callee share it; a service has one or, while they are changed, two.
public struct ServiceKey: Sendable, Hashable {
    public static let secretByteCount = 32

    /// Names the key on the wire; not secret.
    public let id: String
    /// The suite service that signs with it, such as `gateway`.
    public let service: String
    private let secret: SymmetricKey
    let authenticator: MessageAuthenticator

    /// Refuses an empty or too long name and a secret that is not 32 bytes.
    public init(id: String, service: String, secret: [UInt8]) throws(RuntimeError) {
        guard (1...64).contains(id.utf8.count), (1...64).contains(service.utf8.count) else {
            throw RuntimeError(
                .configurationInvalid, "The id and the service name of a key must each have 1 to 64 bytes.")
        }
        guard secret.count == Self.secretByteCount else {
            throw RuntimeError(
                .configurationInvalid,
                "The secret of key \(id) must have \(Self.secretByteCount) bytes, but has \(secret.count).")
        }
        self.id = id
        self.service = service
        self.secret = SymmetricKey(data: secret)
        authenticator = MessageAuthenticator(secret: secret)
    }

    /// A new key with a secret from the system's random source.
    public static func random(id: String, service: String) throws(RuntimeError) -> ServiceKey {
        var generator = SystemRandomNumberGenerator()
        return try ServiceKey(
            id: id, service: service,
            secret: (0..<secretByteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    public static func == (left: ServiceKey, right: ServiceKey) -> Bool {
        left.id == right.id && left.service == right.service && left.secret == right.secret
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(service)
    }

    /// A key for another purpose, derived with HKDF-SHA256 (RFC 5869), so that one secret never signs two kinds of
    /// thing.
    func derived(for purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret, info: Array(purpose.utf8), outputByteCount: Self.secretByteCount)
    }
}

extension ServiceKey: CustomStringConvertible {
    /// Never the secret.
    public var description: String { "key \(id) of \(service)" }
}
