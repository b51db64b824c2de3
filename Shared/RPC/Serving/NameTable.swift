/// Values by the bytes of their names, for names that stand in a frame: no text is made to look one up.
///
/// Who may choose the names asked for does not choose those in the table, so a simple hash does.
struct NameTable<Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        let name: [UInt8]
        let value: Value
    }

    /// As many as a power of two, at least twice as many as there are names.
    private let slots: [[Entry]]

    init(_ values: [String: Value]) {
        var slotCount = 2
        while slotCount < 2 * values.count { slotCount *= 2 }
        var slots = [[Entry]](repeating: [], count: slotCount)
        for (name, value) in values {
            let bytes = Array(name.utf8)
            slots[Self.hash(bytes.span) & (slotCount - 1)].append(Entry(name: bytes, value: value))
        }
        self.slots = slots
    }

    /// The value of the name that stands at `range` of the frame.
    func value(in frame: [UInt8], _ range: Range<Int>) -> Value? {
        let name = frame.span.extracting(range)
        let slot = slots[Self.hash(name) & (slots.count - 1)]
        for entry in slot {
            let known = entry.name
            if known.span.hasBytes(of: name) { return entry.value }
        }
        return nil
    }

    /// By the length and the last eight bytes: names of methods differ at their end.
    private static func hash(_ name: Span<UInt8>) -> Int {
        var word = UInt64(name.count)
        if name.count >= 8 {
            word ^= name.bytes.unsafeLoadUnaligned(fromByteOffset: name.count - 8, as: UInt64.self)
        } else {
            for index in name.indices { word = word &* 31 &+ UInt64(name[index]) }
        }
        return Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 40)
    }
}

extension Span<UInt8> {
    /// Whether both hold the same bytes.
    func hasBytes(of other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var index = 0
        while index + 8 <= count {
            guard
                bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
                    == other.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            else { return false }
            index += 8
        }
        while index < count {
            guard self[index] == other[index] else { return false }
            index += 1
        }
        return true
    }
}
