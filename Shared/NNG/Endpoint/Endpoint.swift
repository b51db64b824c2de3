/// Where a socket listens or dials, with a length and form that NNG and the kernel accept.
///
/// `ipc:///run/zhike/profile.sock` (absolute path), `tcp://127.0.0.1:7001` (port 0 = any free one),
/// `inproc://name`. `tls+tcp://` between hosts is refused until this build can check who the peer is.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    public enum Transport: Sendable, Hashable {
        case ipc(path: String)
        case tcp(host: String, port: UInt16)
        case inproc(name: String)
    }

    public let transport: Transport

    /// The longest path that fits `sockaddr_un` with its closing NUL.
    static let longestPathBytes = 107

    public init(parsing text: String) throws(NNGError) {
        transport = try Self.parse(text)
    }

    init(_ transport: Transport) {
        self.transport = transport
    }

    public static func ipc(path: String) throws(NNGError) -> Endpoint { try Endpoint(parsing: "ipc://" + path) }

    /// The text that NNG is given.
    public var description: String {
        switch transport {
        case .ipc(let path): "ipc://" + path
        case .tcp(let host, let port): "tcp://\(host):\(port)"
        case .inproc(let name): "inproc://" + name
        }
    }

    /// Where this machine itself reaches a listener on the endpoint: a wildcard address is dialed through loopback.
    var reachableFromHere: Endpoint {
        guard case .tcp(let host, let port) = transport else { return self }
        switch host {
        case "*", "0.0.0.0": return Endpoint(.tcp(host: "127.0.0.1", port: port))
        case "[::]": return Endpoint(.tcp(host: "[::1]", port: port))
        default: return self
        }
    }

    private static func parse(_ text: String) throws(NNGError) -> Transport {
        func refuse(_ reason: String) -> NNGError { NNGError(.invalidAddress, "endpoint \"\(text)\": \(reason)") }

        guard !text.unicodeScalars.contains(where: { $0.value < 0x21 || $0.value == 0x7F }) else {
            throw refuse("spaces and control characters are not allowed")
        }
        if let path = remainder(of: text, after: "ipc://") {
            guard path.hasPrefix("/"), !path.hasSuffix("/") else {
                throw refuse("the path must be absolute and name a file")
            }
            guard path.utf8.count <= longestPathBytes else {
                throw refuse("the path has \(path.utf8.count) bytes, at most \(longestPathBytes) are possible")
            }
            return .ipc(path: path)
        }
        if let name = remainder(of: text, after: "inproc://") {
            guard !name.isEmpty, name.utf8.count <= longestPathBytes else {
                throw refuse("the name is empty or too long")
            }
            return .inproc(name: name)
        }
        if let address = remainder(of: text, after: "tcp://") {
            guard let colon = address.lastIndex(of: ":") else { throw refuse("write tcp://HOST:PORT") }
            let host = String(address[..<colon])
            guard !host.isEmpty, host.utf8.count <= 64, isHost(host) else {
                throw refuse("the host is not a name or address")
            }
            guard let port = UInt16(address[address.index(after: colon)...]) else {
                throw refuse("the port must be a number from 0 to 65535")
            }
            return .tcp(host: host, port: port)
        }
        if text.hasPrefix("tls+tcp://") {
            throw NNGError(.notSupported, "endpoint \"\(text)\": tls+tcp is not served by this version; use ipc or tcp")
        }
        throw refuse("it must begin with ipc://, tcp:// or inproc://")
    }

    private static func isHost(_ host: String) -> Bool {
        if host.hasPrefix("[") {
            return host.hasSuffix("]") && host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || ":.%".contains($0) }
        }
        return host == "*"
            || host.utf8.allSatisfy {
                ($0 | 0x20) >= 97 && ($0 | 0x20) <= 122 || ($0 >= 48 && $0 <= 57) || $0 == 45 || $0 == 46 || $0 == 95
            }
    }

    private static func remainder(of text: String, after prefix: String) -> String? {
        text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
    }
}
