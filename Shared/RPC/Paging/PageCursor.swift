internal import Crypto
internal import Foundation

/// Signs and checks the positions by which a caller reads a long result page by page.
///
/// The cursor holds the position itself, so the server keeps nothing between pages and any replica that has the key
/// serves the next one. It is bound to its method and to a scope (what the caller may see and asked for: user, office
/// path, filter), so it cannot be used to read something else.
public struct PageCursor: Sendable {
    private static let purpose = "zhike page cursor v1"
    /// Names HMAC-SHA256; another algorithm would get another number.
    private static let algorithm: UInt8 = 1
    private static let macByteCount = 32
    private static let longestCursorBytes = 4_096

    private let signingKeyID: [UInt8]
    private let keys: [[UInt8]: SymmetricKey]

    /// Signs with the first key and accepts cursors of all of them. They are keys of the serving suite service.
    public init(key: ServiceKey, alsoAccepting others: [ServiceKey] = []) {
        signingKeyID = Array(key.id.utf8)
        var keys: [[UInt8]: SymmetricKey] = [:]
        for other in others {
            keys[Array(other.id.utf8)] = other.derived(for: Self.purpose)
        }
        keys[signingKeyID] = key.derived(for: Self.purpose)
        self.keys = keys
    }

    /// A cursor for a position: text that is safe in a URL.
    public func sign(_ position: [UInt8], method: String, scope: String) -> String {
        // The layout: algorithm, length of the key id, key id, position, MAC.
        var bytes: [UInt8] = [Self.algorithm, UInt8(signingKeyID.count)]
        bytes += signingKeyID
        bytes += position
        let key = keys[signingKeyID, default: SymmetricKey(size: .bits256)]
        bytes += Self.authenticationCode(of: bytes, method: method, scope: scope, key: key)
        return Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The position in a cursor, or INVALID_ARGUMENT for one that was changed, or made for another method or scope.
    public func verify(_ cursor: String, method: String, scope: String) throws(RPCError) -> [UInt8] {
        guard let bytes = Self.decoded(cursor), bytes.count >= 2 + Self.macByteCount, bytes[0] == Self.algorithm,
            bytes.count >= 2 + Int(bytes[1]) + Self.macByteCount
        else { throw Self.refused }
        let positionStart = 2 + Int(bytes[1])
        let macStart = bytes.count - Self.macByteCount
        guard let key = keys[Array(bytes[2..<positionStart])] else { throw Self.refused }
        let expected = Self.authenticationCode(of: bytes[..<macStart], method: method, scope: scope, key: key)
        guard expected == Data(bytes[macStart...]) else { throw Self.refused }
        return Array(bytes[positionStart..<macStart])
    }

    /// The position from which to read: nil for the empty cursor of a first page.
    public func position(of cursor: String, method: String, scope: String) throws(RPCError) -> [UInt8]? {
        cursor.isEmpty ? nil : try verify(cursor, method: method, scope: scope)
    }

    private static let refused = RPCError(
        .invalidArgument, "Send the page cursor exactly as the page before gave it, with the same request.",
        field: "page_cursor", notExecuted: true)

    private static func decoded(_ cursor: String) -> [UInt8]? {
        guard cursor.utf8.count <= longestCursorBytes else { return nil }
        let padding = String(repeating: "=", count: (4 - cursor.utf8.count % 4) % 4)
        let text = cursor.replacing("-", with: "+").replacing("_", with: "/") + padding
        return Data(base64Encoded: text).map(Array.init)
    }

    /// Each part goes in with its length before it, so that no two sets of parts give the same bytes.
    private static func authenticationCode(
        of bytes: some Collection<UInt8>, method: String, scope: String, key: SymmetricKey
    ) -> HMAC<SHA256>.MAC {
        var hmac = HMAC<SHA256>(key: key)
        for part in [Array(method.utf8), Array(scope.utf8), Array(bytes)] {
            let count = UInt64(part.count)
            hmac.update(data: (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * UInt64($0))) })
            hmac.update(data: part)
        }
        return hmac.finalize()
    }
}
