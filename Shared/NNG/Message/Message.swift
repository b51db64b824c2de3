internal import CNNG

/// A message of NNG with one owner.
///
/// Sending consumes it: after a successful send it is NNG's, after a failed one the wrapper frees it. What is not sent
/// is freed when it goes out of scope. The bytes are the body alone; the header belongs to the REQ/REP protocol.
///
/// Unchecked: the pointer has exactly one owner at any time, and NNG binds no message to a thread.
public struct Message: ~Copyable, @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Takes over a message that nobody else will free.
    init(adopting pointer: OpaquePointer) {
        self.pointer = pointer
    }

    /// An empty message that can grow to `capacity` bytes without being copied.
    public init(capacity: Int = 0) {
        self.init(adopting: Self.allocate(byteCount: 0))
        if capacity > 0 { reserve(capacity) }
    }

    /// A message of `byteCount` zero bytes, to be filled by `withMutableBytes`.
    public init(byteCount: Int) {
        self.init(adopting: Self.allocate(byteCount: byteCount))
    }

    public init(copying bytes: [UInt8]) {
        self.init(capacity: bytes.count)
        append(bytes)
    }

    deinit {
        nng_msg_free(pointer)
    }

    /// Gives the pointer away; whoever takes it frees it.
    consuming func release() -> OpaquePointer {
        let released = pointer
        discard self
        return released
    }

    private static func allocate(byteCount: Int) -> OpaquePointer {
        precondition(byteCount >= 0, "a message cannot have \(byteCount) bytes")
        var message: OpaquePointer?
        let result = nng_msg_alloc(&message, byteCount)
        guard result == 0, let message else { fatalError("no memory for a message of \(byteCount) bytes") }
        return message
    }
}

extension Message {
    /// Bytes in the body.
    public var count: Int { nng_msg_len(pointer) }

    public mutating func reserve(_ capacity: Int) {
        guard nng_msg_reserve(pointer, capacity) == 0 else {
            fatalError("no memory for a message of \(capacity) bytes")
        }
    }

    public mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    public mutating func append(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { append($0) }
    }

    /// Appends four bytes, the most significant first.
    public mutating func append(_ number: UInt32) {
        withUnsafeBytes(of: number.bigEndian) { append($0) }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard nng_msg_append(pointer, bytes.baseAddress, bytes.count) == 0 else {
            fatalError("no memory to append \(bytes.count) bytes")
        }
    }

    /// Drops bytes from the end.
    public mutating func chop(_ byteCount: Int) {
        precondition(nng_msg_chop(pointer, byteCount) == 0, "a message of \(count) bytes has no \(byteCount) to chop")
    }

    /// Drops bytes from the front.
    public mutating func trim(_ byteCount: Int) {
        precondition(nng_msg_trim(pointer, byteCount) == 0, "a message of \(count) bytes has no \(byteCount) to trim")
    }

    /// Reads the body in place; the span ends with the closure.
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(RawSpan(_unsafeStart: nng_msg_body(pointer), byteCount: nng_msg_len(pointer)))
    }

    /// Writes the body in place; the span ends with the closure.
    public mutating func withMutableBytes<Result: ~Copyable, Failure: Error>(
        _ body: (inout MutableRawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = MutableRawSpan(_unsafeStart: nng_msg_body(pointer), byteCount: nng_msg_len(pointer))
        return try body(&span)
    }

    /// Appends at most `byteCount` bytes by letting `body` write them in place.
    public mutating func append<Failure: Error>(
        upTo byteCount: Int, initializingWith body: (inout OutputRawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        let start = count
        guard nng_msg_append(pointer, nil, byteCount) == 0 else { fatalError("no memory for \(byteCount) more bytes") }
        let room = UnsafeMutableRawBufferPointer(start: nng_msg_body(pointer) + start, count: byteCount)
        var output = OutputRawSpan(buffer: room, initializedCount: 0)
        do throws(Failure) {
            try body(&output)
        } catch {
            chop(byteCount)
            throw error
        }
        chop(byteCount - output.finalize(for: room))
    }

    /// A copy of the body.
    public func copyBytes() -> [UInt8] {
        [UInt8](UnsafeRawBufferPointer(start: nng_msg_body(pointer), count: nng_msg_len(pointer)))
    }
}
