@testable import RPCNNGTransport

extension Bundle {
    /// The message of a bundle as bytes, for what is put together by hand.
    static func bytes(of items: [[UInt8]]) -> [UInt8] {
        message(of: items).copyBytes()
    }

    static func items(of bytes: [UInt8]) -> [[UInt8]]? {
        items(of: bytes.span.bytes)
    }
}
