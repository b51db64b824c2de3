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

    private static let magic = Array("ZHKB".utf8)
    private static let version: UInt8 = 1
    private static let headerByteCount = 8
    private static let lengthByteCount = 4

    static func bytes(of items: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headerByteCount + items.reduce(0) { $0 + lengthByteCount + $1.count })
        bytes.append(contentsOf: magic)
        bytes.append(version)
        for _ in 0..<3 { bytes.append(0) }
        for item in items {
            let count = UInt32(item.count)
            for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
            bytes.append(contentsOf: item)
        }
        return bytes
    }

    /// The items of a bundle; nil for everything else, be it a single message or nonsense.
    static func items(of bytes: [UInt8]) -> [[UInt8]]? {
        guard bytes.count > headerByteCount, bytes[0] == magic[0], bytes[1] == magic[1], bytes[2] == magic[2],
            bytes[3] == magic[3], bytes[4] == version, bytes[5] == 0, bytes[6] == 0, bytes[7] == 0
        else { return nil }
        var items: [[UInt8]] = []
        var position = headerByteCount
        while position < bytes.count {
            guard items.count < longestItemCount, bytes.count - position >= lengthByteCount else { return nil }
            let start = position + lengthByteCount
            let count = bytes[position..<start].reduce(0) { $0 << 8 | Int($1) }
            guard (1...longestItemByteCount).contains(count), count <= bytes.count - start else { return nil }
            position = start + count
            items.append(Array(bytes[start..<position]))
        }
        return items
    }
}
