internal import CProtobufC

/// What unpacking may cost where the caller names no limit of its own.
public enum ProtobufLimits {
    /// Enough for a message of 1 MiB that holds mostly text.
    public static let defaultMemoryByteCount = 16 << 20
}

extension ProtobufMessage {
    /// Reads bytes that may come from anyone.
    ///
    /// protobuf-c's own memory is held below `memoryLimit` bytes; the Swift value copied from it takes at most a small
    /// multiple of that. Nesting needs no limit here: the generator refuses a message type that contains itself, so a
    /// message is never deeper than its contract, and unknown fields are skipped without being looked into.
    /// - Throws: `ProtobufError`, after which no memory is held.
    public init(
        unpacking bytes: RawSpan, memoryLimit: Int = ProtobufLimits.defaultMemoryByteCount
    ) throws(ProtobufError) {
        guard bytes.byteCount <= memoryLimit, bytes.byteCount <= Int32.max else {
            throw ProtobufError(.tooLarge, messageName: Self.protobufName)
        }
        let arena = ProtobufArena.take()
        defer { ProtobufArena.give(back: arena) }
        arena.pointee.remainingByteCount = memoryLimit
        var allocator = ProtobufCAllocator(borrowing: arena)
        let unpacked = bytes.withUnsafeBytes { input in
            // An empty span has no address, but protobuf-c reads nothing of an empty input.
            protobuf_c_message_unpack(
                Self.protobufDescriptor.pointer, &allocator, input.count,
                input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
        guard let unpacked else {
            throw ProtobufError(
                arena.pointee.isExhausted ? .memoryLimit : .malformed, messageName: Self.protobufName)
        }
        var reader = ProtobufReader()
        self.init(reading: UnsafeRawPointer(unpacked), with: &reader)
        if let fault = reader.fault {
            throw ProtobufError(fault.code, messageName: Self.protobufName, field: "\(fault.field)")
        }
    }

    /// Reads bytes that may come from anyone; see `init(unpacking:memoryLimit:)`.
    public init(
        unpacking bytes: [UInt8], memoryLimit: Int = ProtobufLimits.defaultMemoryByteCount
    ) throws(ProtobufError) {
        try self.init(unpacking: bytes.span.bytes, memoryLimit: memoryLimit)
    }
}
