internal import CProtobufC

extension ProtobufMessage {
    /// The bytes of this message. Maps are written in the order of their keys, so equal messages of one version give
    /// equal bytes; other writers may order otherwise.
    /// - Throws: `.nulInText` or `.tooLarge` (over 2 GiB).
    public func packed() throws(ProtobufError) -> [UInt8] {
        try withPackedBytes { bytes in
            bytes.withUnsafeBytes { [UInt8]($0) }
        }
    }

    /// Packs into memory of the current thread and lends the bytes to `body`, to be copied to where they go: one copy
    /// of exact size, without an allocation.
    public func withPackedBytes<Result>(_ body: (RawSpan) -> Result) throws(ProtobufError) -> Result {
        let arena = ProtobufArena.take()
        defer { ProtobufArena.give(back: arena) }
        var writer = ProtobufWriter(borrowing: arena)
        let structure = write(with: &writer)
        if let field = writer.nulField {
            throw ProtobufError(.nulInText, messageName: Self.protobufName, field: "\(field)")
        }
        guard writer.byteBound <= Int32.max else {
            throw ProtobufError(.tooLarge, messageName: Self.protobufName)
        }
        let output = arena.pointee.allocate(byteCount: writer.byteBound)
        let byteCount = protobuf_c_message_pack(
            structure.assumingMemoryBound(to: ProtobufCMessage.self), output.assumingMemoryBound(to: UInt8.self))
        // A wrong bound would mean that memory behind the output is damaged already.
        precondition(byteCount <= writer.byteBound, "packed size is above its bound")
        let bytes = UnsafeRawBufferPointer(start: output, count: byteCount)
        return body(bytes.bytes)
    }

    /// Appends the bytes of this message to `bytes`.
    public func append(to bytes: inout [UInt8]) throws(ProtobufError) {
        try withPackedBytes { packed in
            packed.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
    }
}
