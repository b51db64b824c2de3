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
        var message = begin(byteCount: items.reduce(0) { $0 + lengthByteCount + $1.count })
        for item in items { append(item, to: &message) }
        return message
    }

    /// A bundle without items, and room for some of so many bytes together, lengths included.
    static func begin(byteCount: Int) -> Message {
        var message = Message(capacity: headerByteCount + byteCount)
        message.append(header)
        return message
    }

    static func append(_ item: [UInt8], to message: inout Message) {
        message.append(UInt32(item.count))
        message.append(item)
    }

    static func items(of message: borrowing Message) -> Items? {
        message.withBytes { places(of: $0) }.map(Items.init)
    }

    /// Where the items stand in a bundle. They are copied out one after the other, so that each is dealt with while it
    /// is still near the processor.
    struct Items {
        fileprivate let places: [Range<Int>]

        var count: Int { places.count }

        func copy(_ index: Int, of message: borrowing Message) -> [UInt8] {
            message.withBytes { $0.extracting(places[index]).withUnsafeBytes { [UInt8]($0) } }
        }
    }

    /// The places of a bundle's items; nil for everything else, be it a single message or nonsense.
    private static func places(of bytes: RawSpan) -> [Range<Int>]? {
        guard bytes.byteCount > headerByteCount,
            header.indices.allSatisfy({ bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) == header[$0] })
        else { return nil }
        var places: [Range<Int>] = []
        places.reserveCapacity(longestItemCount)
        var position = headerByteCount
        while position < bytes.byteCount {
            guard places.count < longestItemCount, bytes.byteCount - position >= lengthByteCount else { return nil }
            let start = position + lengthByteCount
            let count = Int(UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self)))
            guard (1...longestItemByteCount).contains(count), count <= bytes.byteCount - start else { return nil }
            position = start + count
            places.append(start..<position)
        }
        return places
    }
}
