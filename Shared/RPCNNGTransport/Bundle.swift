internal import NNG
internal import RPC

/// Several calls, or their replies, in one message: `ZHKB`, version, three zero bytes, then for each its length in four
/// bytes, most significant first, and its bytes. wire.md says it for other languages.
///
/// Each item is a whole message of its own, signed and checked as if it had come alone; the bundle around it proves
/// nothing and is not believed in anything.
enum Bundle {
    static let longestItemCount = 32
    /// So that a bundle of the longest items, calls or replies, still fits a message.
    static let longestItemByteCount = (RPCLimits.messageBytes - headerByteCount) / longestItemCount - lengthByteCount

    /// Magic, version, three zero bytes.
    private static let header: [UInt8] = Array("ZHKB".utf8) + [1, 0, 0, 0]
    private static let headerByteCount = 8
    private static let lengthByteCount = 4

    static func message(of items: some Collection<[UInt8]>) -> Message {
        var message = Message(capacity: headerByteCount + items.reduce(0) { $0 + lengthByteCount + $1.count })
        message.append(header)
        for item in items {
            message.append(UInt32(item.count))
            message.append(item)
        }
        return message
    }

    static func items(of message: borrowing Message) -> [[UInt8]]? {
        message.withBytes { items(of: $0) }
    }

    /// The items of a bundle; nil for everything else, be it a single message or nonsense.
    static func items(of bytes: RawSpan) -> [[UInt8]]? {
        guard bytes.byteCount > headerByteCount,
            header.indices.allSatisfy({ bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) == header[$0] })
        else { return nil }
        var items: [[UInt8]] = []
        items.reserveCapacity(longestItemCount)
        var position = headerByteCount
        while position < bytes.byteCount {
            guard items.count < longestItemCount, bytes.byteCount - position >= lengthByteCount else { return nil }
            let start = position + lengthByteCount
            let count = Int(UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self)))
            guard (1...longestItemByteCount).contains(count), count <= bytes.byteCount - start else { return nil }
            position = start + count
            items.append(bytes.extracting(start..<position).withUnsafeBytes { [UInt8]($0) })
        }
        return items
    }
}
