public import CProtobufC

/// Copies what protobuf-c unpacked into Swift values; used by generated code.
///
/// The first fault is remembered instead of thrown, so that reading a message stays one straight run; whoever made the
/// reader looks at `fault` once at the end. Every pointer given to a reader was unpacked by the wrapper of this module,
/// whose memory stands until the reader is gone.
public struct ProtobufReader {
    /// A string that C would show otherwise than it was sent.
    @usableFromInline
    struct Fault {
        @usableFromInline var code: ProtobufError.Code
        @usableFromInline var field: StaticString

        @usableFromInline
        init(_ code: ProtobufError.Code, _ field: StaticString) {
            self.code = code
            self.field = field
        }
    }

    @usableFromInline var fault: Fault?

    init() {}

    /// The text at `start`. protobuf-c keeps no length, so it is taken from the size that the arena noted.
    @inlinable
    public mutating func text(_ start: UnsafeMutablePointer<CChar>?, _ field: StaticString) -> String {
        guard let start, !zhike_text_is_unset(start) else { return "" }
        let header = UnsafeRawPointer(start) - ProtobufArena.headerByteCount
        // One byte of the size is the NUL that protobuf-c adds.
        let byteCount = header.load(as: Int.self) - 1
        // Most texts are codes, which then need no proof that they are UTF-8.
        if zhike_text_kind(start, byteCount) == ZHIKE_TEXT_ASCII {
            let bytes = UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self)
            let span = Span(_unsafeStart: bytes, count: byteCount)
            return String(copying: UTF8Span(unchecked: span, isKnownASCII: true))
        }
        guard let text = String(validatingCString: start) else {
            note(.invalidText, field)
            return ""
        }
        // The text ends at the first NUL, which must be that of protobuf-c.
        guard text.utf8.count == byteCount else {
            note(.nulInText, field)
            return ""
        }
        return text
    }

    /// Remembers the first fault.
    @usableFromInline
    mutating func note(_ code: ProtobufError.Code, _ field: StaticString) {
        if fault == nil { fault = Fault(code, field) }
    }

    @inlinable
    public func bytes(_ data: ProtobufCBinaryData) -> [UInt8] {
        guard let start = data.data, data.len > 0 else { return [] }
        return [UInt8](UnsafeBufferPointer(start: start, count: data.len))
    }

    /// The numbers of a repeated field.
    @inlinable
    public func numbers<Number: BitwiseCopyable>(_ start: UnsafeMutablePointer<Number>?, _ count: Int) -> [Number] {
        guard let start, count > 0 else { return [] }
        return [Number](UnsafeBufferPointer(start: start, count: count))
    }

    /// The elements of a repeated `bool`, which C keeps as `int`.
    @inlinable
    public func flags(_ start: UnsafeMutablePointer<protobuf_c_boolean>?, _ count: Int) -> [Bool] {
        guard let start, count > 0 else { return [] }
        return UnsafeBufferPointer(start: start, count: count).map { $0 != 0 }
    }

    /// The elements of a repeated enumeration, each four bytes wide in C whatever its type there.
    @inlinable
    public func enumerations<CEnumeration, Enumeration: RawRepresentable<Int32>>(
        _ start: UnsafeMutablePointer<CEnumeration>?, _ count: Int, _ make: (Int32) -> Enumeration
    ) -> [Enumeration] {
        guard let start, count > 0 else { return [] }
        let raw = UnsafeRawPointer(start)
        return (0..<count).map { make(raw.load(fromByteOffset: $0 * 4, as: Int32.self)) }
    }

    @inlinable
    public mutating func texts(
        _ start: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int, _ field: StaticString
    ) -> [String] {
        guard let start, count > 0 else { return [] }
        var texts: [String] = []
        texts.reserveCapacity(count)
        for index in 0..<count { texts.append(text(start[index], field)) }
        return texts
    }

    @inlinable
    public func byteArrays(_ start: UnsafeMutablePointer<ProtobufCBinaryData>?, _ count: Int) -> [[UInt8]] {
        guard let start, count > 0 else { return [] }
        return UnsafeBufferPointer(start: start, count: count).map { bytes($0) }
    }

    /// The message at `start`, or nil where the field is absent.
    @inlinable
    public mutating func message<CMessage, Message: ProtobufMessage>(
        _ start: UnsafeMutablePointer<CMessage>?, _ type: Message.Type = Message.self
    ) -> Message? {
        guard let start else { return nil }
        return Message(reading: UnsafeRawPointer(start), with: &self)
    }

    @inlinable
    public mutating func messages<CMessage, Message: ProtobufMessage>(
        _ start: UnsafeMutablePointer<UnsafeMutablePointer<CMessage>?>?, _ count: Int
    ) -> [Message] {
        guard let start, count > 0 else { return [] }
        var messages: [Message] = []
        messages.reserveCapacity(count)
        for index in 0..<count {
            // protobuf-c fills every element of a repeated field that it counts.
            messages.append(Message(reading: UnsafeRawPointer(start[index]!), with: &self))
        }
        return messages
    }

    /// The entries of a map; of entries with equal keys the last wins.
    @inlinable
    public mutating func map<CEntry, Key: Hashable, Value>(
        _ start: UnsafeMutablePointer<UnsafeMutablePointer<CEntry>?>?, _ count: Int,
        _ read: (UnsafeMutablePointer<CEntry>, inout ProtobufReader) -> (key: Key, value: Value)
    ) -> [Key: Value] {
        guard let start, count > 0 else { return [:] }
        var values: [Key: Value] = [:]
        values.reserveCapacity(count)
        for index in 0..<count {
            let entry = read(start[index]!, &self)
            values[entry.key] = entry.value
        }
        return values
    }
}
