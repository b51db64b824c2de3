import NNG
@testable import RPCNNGTransport

extension Bundle {
    /// The message of a bundle as bytes, for what is put together by hand.
    static func bytes(of items: [[UInt8]]) -> [UInt8] {
        message(of: items).copyBytes()
    }

    static func items(of bytes: [UInt8]) -> [[UInt8]]? {
        let message = Message(copying: bytes)
        guard let items = items(of: message) else { return nil }
        return (0..<items.count).map { items.copy($0, of: message) }
    }
}
