/// Several calls, or their replies, in one message with one signature. wire.md says it for other languages.
///
/// Header and envelope are those of a single call and say who signed, when, and with which nonce. In place of a body
/// stand the items: for each its length, the length of its own envelope, that envelope, and the body.
public enum CallBundle {
    public static let longestItemCount = 32
    /// Of the envelope and the body of an item and the length before them: so that a bundle of the longest items, calls
    /// or replies, still fits a message.
    static let longestItemByteCount =
        (RPCLimits.messageBytes - WireLayout.headerByteCount - longestEnvelopeByteCount - WireLayout.macByteCount)
        / longestItemCount - WireLayout.lengthByteCount
    /// More than the names of a service and of a key, a nonce and a time take.
    private static let longestEnvelopeByteCount = 256

    /// Where an item stands in its bundle.
    struct Item: Equatable {
        let envelope: Range<Int>
        let body: Range<Int>
    }

    /// Makes room for the two lengths of an item, and says where its envelope begins, whose length
    /// `finishPart(from:)` then writes.
    static func beginItem(in frame: inout [UInt8]) -> Int {
        frame.appendFixed(UInt64(0))
        return frame.count
    }

    /// Writes the length of an item, all of which has been appended.
    static func finishItem(from start: Int, in frame: inout [UInt8]) {
        frame.finishPart(from: start - WireLayout.lengthByteCount)
    }

    /// The items that stand at `range`; nil where something else stands there.
    static func items(of frame: [UInt8], _ range: Range<Int>) -> [Item]? {
        let lengthByteCount = WireLayout.lengthByteCount
        var items: [Item] = []
        items.reserveCapacity(longestItemCount)
        var position = range.lowerBound
        while position < range.upperBound {
            guard items.count < longestItemCount, range.upperBound - position >= 2 * lengthByteCount else { return nil }
            let byteCount = frame.length(at: position)
            let envelope = position + 2 * lengthByteCount
            let envelopeByteCount = frame.length(at: position + lengthByteCount)
            position += lengthByteCount
            guard (lengthByteCount...longestItemByteCount).contains(byteCount),
                byteCount <= range.upperBound - position,
                envelopeByteCount <= min(byteCount - lengthByteCount, RPCLimits.envelopeBytes)
            else { return nil }
            position += byteCount
            items.append(
                Item(
                    envelope: envelope..<(envelope + envelopeByteCount),
                    body: (envelope + envelopeByteCount)..<position))
        }
        return items.isEmpty ? nil : items
    }
}

/// One call on its way into a bundle: what is said of it alone, and its request.
public struct BundlePart: Sendable {
    /// With both lengths.
    let bytes: [UInt8]
}

/// One reply out of a bundle whose signature was checked.
public struct BundledReply: Sendable {
    let frame: [UInt8]
    let item: CallBundle.Item
}
