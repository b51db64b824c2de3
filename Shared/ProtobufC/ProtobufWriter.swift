public import CProtobufC

/// Builds the C form of Swift values in bump memory; used by generated code.
///
/// While it builds it adds up `byteBound`, an upper bound of the packed size, which saves the pass over all fields that
/// an exact size would take. Generated code adds a constant per message for its single fields (tag, length and largest
/// number each); the functions here add what depends on counts and lengths. The tests compare the bound with the true
/// size, and the packer checks it after every use.
public struct ProtobufWriter {
    @usableFromInline let arena: UnsafeMutablePointer<ProtobufArena>
    /// No packed form is longer than this many bytes.
    @usableFromInline var byteBound = 0
    /// The first field whose text holds a NUL.
    @usableFromInline var nulField: StaticString?

    init(borrowing arena: UnsafeMutablePointer<ProtobufArena>) {
        self.arena = arena
    }

    /// Memory for one C structure, set to its defaults by its `…__init` function.
    /// `byteBound` is what its single fields take at most.
    @inlinable
    public mutating func structure<CMessage>(
        _ initialize: (UnsafeMutablePointer<CMessage>?) -> Void, byteBound: Int
    ) -> UnsafeMutablePointer<CMessage> {
        self.byteBound += byteBound
        let start = arena.pointee.allocate(byteCount: MemoryLayout<CMessage>.size)
        let message = start.assumingMemoryBound(to: CMessage.self)
        initialize(message)
        return message
    }

    /// A C string with the content of `text`.
    @inlinable
    public mutating func text(_ text: String, _ field: StaticString) -> UnsafeMutablePointer<CChar> {
        var text = text
        let arena = arena
        let (start, byteCount, holdsNul) = text.withUTF8 { utf8 in
            let start = arena.pointee.allocate(byteCount: utf8.count + 1).assumingMemoryBound(to: CChar.self)
            guard let source = utf8.baseAddress else {
                start.pointee = 0
                return (start, 0, false)
            }
            let holdsNul = source.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
                zhike_copy_text(start, $0, utf8.count)
            }
            return (start, utf8.count, holdsNul)
        }
        byteBound += byteCount
        if holdsNul, nulField == nil { nulField = field }
        return start
    }

    @inlinable
    public mutating func bytes(_ bytes: [UInt8]) -> ProtobufCBinaryData {
        guard !bytes.isEmpty else { return ProtobufCBinaryData(len: 0, data: nil) }
        byteBound += bytes.count
        return ProtobufCBinaryData(len: bytes.count, data: copy(bytes))
    }

    /// The elements of a repeated number field, each of at most `elementBound` bytes when packed.
    @inlinable
    public mutating func numbers<Number: BitwiseCopyable>(
        _ numbers: [Number], elementBound: Int
    ) -> UnsafeMutablePointer<Number>? {
        guard !numbers.isEmpty else { return nil }
        // Packed elements share one tag and one length, each of five bytes at most.
        byteBound += 10 + numbers.count * elementBound
        return copy(numbers)
    }

    @inlinable
    public mutating func flags(_ flags: [Bool], elementBound: Int) -> UnsafeMutablePointer<protobuf_c_boolean>? {
        numbers(flags.map { $0 ? 1 : 0 }, elementBound: elementBound)
    }

    /// The elements of a repeated enumeration, four bytes each in C whatever its type there.
    @inlinable
    public mutating func enumerations<CEnumeration, Enumeration: RawRepresentable<Int32>>(
        _ values: [Enumeration], elementBound: Int, _ type: CEnumeration.Type
    ) -> UnsafeMutablePointer<CEnumeration>? {
        guard let start = numbers(values.map(\.rawValue), elementBound: elementBound) else { return nil }
        return UnsafeMutableRawPointer(start).assumingMemoryBound(to: CEnumeration.self)
    }

    @inlinable
    public mutating func texts(
        _ texts: [String], elementBound: Int, _ field: StaticString
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
        guard !texts.isEmpty else { return nil }
        byteBound += texts.count * elementBound
        let start = pointers(to: CChar.self, texts.count)
        for index in texts.indices { start[index] = text(texts[index], field) }
        return start
    }

    @inlinable
    public mutating func byteArrays(
        _ arrays: [[UInt8]], elementBound: Int
    ) -> UnsafeMutablePointer<ProtobufCBinaryData>? {
        guard !arrays.isEmpty else { return nil }
        byteBound += arrays.count * elementBound
        return copy(arrays.map { bytes($0) })
    }

    @inlinable
    public mutating func message<CMessage, Message: ProtobufMessage>(
        _ message: Message?, _ type: CMessage.Type
    ) -> UnsafeMutablePointer<CMessage>? {
        guard let message else { return nil }
        return message.write(with: &self).assumingMemoryBound(to: CMessage.self)
    }

    @inlinable
    public mutating func messages<CMessage, Message: ProtobufMessage>(
        _ messages: [Message], elementBound: Int, _ type: CMessage.Type
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<CMessage>?>? {
        guard !messages.isEmpty else { return nil }
        byteBound += messages.count * elementBound
        let start = pointers(to: CMessage.self, messages.count)
        for index in messages.indices {
            start[index] = messages[index].write(with: &self).assumingMemoryBound(to: CMessage.self)
        }
        return start
    }

    /// The entries of a map in the order of their keys, so that equal messages pack to equal bytes.
    @inlinable
    public mutating func map<CEntry, Key: Comparable, Value>(
        _ values: [Key: Value], elementBound: Int,
        _ write: (Key, Value, inout ProtobufWriter) -> UnsafeMutablePointer<CEntry>
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<CEntry>?>? {
        entries(values.sorted { $0.key < $1.key }, elementBound: elementBound, write)
    }

    /// A map with `bool` keys, which Swift does not order: false comes first.
    @inlinable
    public mutating func map<CEntry, Value>(
        _ values: [Bool: Value], elementBound: Int,
        _ write: (Bool, Value, inout ProtobufWriter) -> UnsafeMutablePointer<CEntry>
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<CEntry>?>? {
        entries(values.sorted { !$0.key && $1.key }, elementBound: elementBound, write)
    }

    @inlinable
    mutating func entries<CEntry, Key, Value>(
        _ entries: [(key: Key, value: Value)], elementBound: Int,
        _ write: (Key, Value, inout ProtobufWriter) -> UnsafeMutablePointer<CEntry>
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<CEntry>?>? {
        guard !entries.isEmpty else { return nil }
        byteBound += entries.count * elementBound
        let start = pointers(to: CEntry.self, entries.count)
        for index in entries.indices {
            start[index] = write(entries[index].key, entries[index].value, &self)
        }
        return start
    }

    @inlinable
    func pointers<Element>(to type: Element.Type, _ count: Int) -> UnsafeMutablePointer<UnsafeMutablePointer<Element>?>
    {
        arena.pointee.allocate(byteCount: count * MemoryLayout<UnsafeMutablePointer<Element>?>.stride)
            .assumingMemoryBound(to: UnsafeMutablePointer<Element>?.self)
    }

    @inlinable
    func copy<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        let byteCount = elements.count * MemoryLayout<Element>.stride
        let start = arena.pointee.allocate(byteCount: byteCount)
        elements.withUnsafeBytes { start.copyMemory(from: $0.baseAddress!, byteCount: byteCount) }
        return start.assumingMemoryBound(to: Element.self)
    }
}
