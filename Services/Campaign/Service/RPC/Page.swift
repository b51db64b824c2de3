internal import ProtobufC
internal import RPC

/// The beginning of a list, small enough for one message.
struct Page<Item: Sendable, Message: ProtobufMessage>: Sendable {
    let messages: [Message]
    /// The last item on this page; nil where nothing follows it.
    let last: Item?

    /// Takes items as long as their messages fit. The first always does: nothing that is listed was longer than the
    /// request that made it.
    ///
    /// - Parameters:
    ///   - found: one more than `limit` where there is more.
    ///   - limit: the most items of one page.
    init(_ found: [Item], limit: Int, _ message: (Item) -> Message) throws {
        var messages: [Message] = []
        var byteCount = 0
        for item in found.prefix(limit) {
            let next = message(item)
            byteCount += try next.withPackedBytes { $0.byteCount } + Self.bytesAround
            guard byteCount <= RPCLimits.pageBytes || messages.isEmpty else { break }
            messages.append(next)
        }
        self.messages = messages
        last = messages.count < found.count ? messages.indices.last.map { found[$0] } : nil
    }

    /// Number and length of a message within another.
    private static var bytesAround: Int { 8 }
}
