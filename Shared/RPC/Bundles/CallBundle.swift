/// Several calls, or their replies, in one message with one signature. wire.md says it for other languages.
///
/// Header and envelope are those of a single call and say who signed, when, and with which nonce. In place of a body
/// stand the items: for each its length, the time that remains (in a reply zero), the length of its own envelope, that
/// envelope, and the body.
public enum CallBundle {
    public static let longestItemCount = 32
    /// Of what follows the length of an item: so that a bundle of the longest items, calls or replies, still fits a
    /// message.
    static let longestItemByteCount =
        (RPCLimits.messageBytes - WireLayout.headerByteCount - longestEnvelopeByteCount - WireLayout.macByteCount)
        / longestItemCount - WireLayout.lengthByteCount
    /// More than the names of a service and of a key, a nonce and a time take.
    private static let longestEnvelopeByteCount = 256

    /// The length of an item, the time that remains, the length of the envelope.
    static let itemHeaderByteCount = 3 * WireLayout.lengthByteCount

    /// Where an item stands in its bundle.
    struct Item: Sendable {
        let remainingMilliseconds: UInt32
        let envelope: Range<Int>
        let body: Range<Int>
    }

    /// Makes room for the header of an item, and says where its envelope begins, whose length `finishPart(from:)` then
    /// writes.
    static func beginItem(in frame: inout [UInt8]) -> Int {
        frame.appendFixed(UInt64(0))
        frame.appendFixed(UInt32(0))
        return frame.count
    }

    /// Writes the length of an item, all of which has been appended.
    static func finishItem(from start: Int, in frame: inout [UInt8]) {
        frame.finishPart(from: start - itemHeaderByteCount + WireLayout.lengthByteCount)
    }

    /// Writes the time that remains into an item that begins at `start`, its header included.
    static func setRemaining(_ milliseconds: UInt32, ofItemAt start: Int, in frame: inout [UInt8]) {
        frame.overwrite(milliseconds, at: start + WireLayout.lengthByteCount)
    }

    /// The items that stand at `range`; nil where something else stands there.
    static func items(of frame: [UInt8], _ range: Range<Int>) -> [Item]? {
        var items: [Item] = []
        items.reserveCapacity(longestItemCount)
        var position = range.lowerBound
        while position < range.upperBound {
            guard items.count < longestItemCount, range.upperBound - position >= itemHeaderByteCount else { return nil }
            let end = position + WireLayout.lengthByteCount + frame.length(at: position)
            let remaining = UInt32(frame.length(at: position + WireLayout.lengthByteCount))
            let envelopeByteCount = frame.length(at: position + 2 * WireLayout.lengthByteCount)
            let envelope = position + itemHeaderByteCount
            guard end - position - WireLayout.lengthByteCount <= longestItemByteCount, end <= range.upperBound,
                envelopeByteCount <= min(end - envelope, RPCLimits.envelopeBytes)
            else { return nil }
            items.append(
                Item(
                    remainingMilliseconds: remaining, envelope: envelope..<(envelope + envelopeByteCount),
                    body: (envelope + envelopeByteCount)..<end))
            position = end
        }
        return items.isEmpty ? nil : items
    }
}

/// One call on its way into a bundle: what is said of it alone, and its request.
public struct BundlePart: Sendable {
    /// With the header, in which the remaining time is missing: the bundle's moment decides on it.
    let bytes: [UInt8]
    public let deadline: CallInstant
}

/// One reply out of a bundle whose signature was checked.
public struct BundledReply: Sendable {
    let frame: [UInt8]
    let item: CallBundle.Item
}
