internal import RPC
internal import SegmentationDomain

/// Some of a long list, small enough for one message.
struct Page<Item: PageItem>: Sendable {
    /// A page has at most 512 KiB; the rest is room for the envelope and the cursor.
    static var byteLimit: Int { 480 * 1024 }
    static var rowLimit: Int { Item.pageRows }

    let items: [Item]
    /// Empty after the last page.
    let nextCursor: String

    /// - Parameters:
    ///   - found: one more than ``rowLimit`` where there is more.
    ///   - cursor: signs the position behind the last item of the page.
    init(_ found: [Item], cursor: (_ last: Item) -> String) {
        var bytes = 0
        let fitting = found.prefix(Self.rowLimit).prefix { item in
            bytes += item.pageBytes
            return bytes <= Self.byteLimit
        }
        // A single item is never larger than a page.
        items = Array(fitting)
        nextCursor = if items.count < found.count, let last = items.last { cursor(last) } else { "" }
    }
}

protocol PageItem: Sendable {
    /// The most items that are read for one page.
    static var pageRows: Int { get }
    /// At least what it takes in a message.
    var pageBytes: Int { get }
}

extension Member: PageItem {
    static var pageRows: Int { 4_000 }
    var pageBytes: Int { 32 + customerNumber.utf8.count + officePath.utf8.count + manager.utf8.count }
}

extension Segment: PageItem {
    static var pageRows: Int { 50 }
    var pageBytes: Int {
        64 + content.name.utf8.count + content.ruleText.utf8.count + content.ruleJSON.utf8.count
            + officePath.utf8.count + changedBy.utf8.count
    }
}

/// The place behind which the next page starts, as a cursor carries it.
struct CursorPosition: Sendable, Hashable {
    let values: [Int64]

    init(_ values: [Int64]) {
        self.values = values
    }

    /// The position of a cursor that this service signed for the same method, person and subject; nil for the first page.
    init?(_ cursor: String, _ cursors: PageCursor, _ context: CallContext, subject: String) throws {
        guard let bytes = try cursors.position(of: cursor, method: context.method, scope: Self.scope(context, subject))
        else { return nil }
        values = stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<min(start + 8, bytes.count)].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        }
    }

    subscript(index: Int) -> Int64 { index < values.count ? values[index] : 0 }

    func signed(_ cursors: PageCursor, _ context: CallContext, subject: String) -> String {
        let bytes = values.flatMap { value in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> Int64($0)) }
        }
        return cursors.sign(bytes, method: context.method, scope: Self.scope(context, subject))
    }

    /// A cursor is good for whoever got it, and for what it was made for. User codes hold no line breaks.
    private static func scope(_ context: CallContext, _ subject: String) -> String {
        let person = context.principal.map { "person\n\($0.user)\n\($0.officePath)" } ?? "service\n\(context.caller)"
        return "\(person)\n\(subject)"
    }
}
