internal import CPostgres

extension PostgresConnection {
    /// Results come in the binary format.
    private static let binary: Int32 = 1

    func send(prepared name: String, _ parameters: PostgresParameters) throws(PostgresError) {
        let sent = parameters.withPointers { count, _, values, lengths, formats in
            PQsendQueryPrepared(channel.pointer, name, count, values, lengths, formats, Self.binary)
        }
        guard sent == 1 else { throw sendFailure() }
    }

    func send(unprepared sql: SQL) throws(PostgresError) {
        let sent = sql.parameters.withPointers { count, types, values, lengths, formats in
            PQsendQueryParams(channel.pointer, sql.text, count, types, values, lengths, formats, Self.binary)
        }
        guard sent == 1 else { throw sendFailure() }
    }

    func send(parse sql: SQL, name: String) throws(PostgresError) {
        let types = sql.parameters.slots.map(\.type.objectID)
        guard PQsendPrepare(channel.pointer, name, sql.text, Int32(types.count), types) == 1 else {
            throw sendFailure()
        }
    }

    /// libpq refuses to send when the connection is gone; it then said nothing to the server, but a pipeline may be half
    /// built, so the connection is given up.
    private func sendFailure() -> PostgresError {
        channel.lose()
        return PostgresError(.connectionLost, "the statement could not be sent")
    }
}

extension SQL {
    /// The protocol counts parameters in 16 bits.
    private static let parameterLimit = 65_535

    /// To be asked before anything is sent: libpq would refuse as it does where the connection is gone.
    func checkParameterCount() throws(PostgresError) {
        guard parameters.slots.count <= Self.parameterLimit else {
            throw PostgresError(
                .invalidUse, "a statement has at most \(Self.parameterLimit) parameters: give lists as arrays")
        }
    }
}

extension PostgresParameters {
    typealias Texts = UnsafePointer<UnsafePointer<CChar>?>
    typealias Numbers = UnsafePointer<Int32>

    /// Lends the arrays that libpq takes; it copies what it needs before it returns.
    func withPointers<R>(
        _ body: (Int32, UnsafePointer<UInt32>?, Texts?, Numbers?, Numbers?) -> R
    ) -> R {
        guard !slots.isEmpty else { return body(0, nil, nil, nil, nil) }
        let count = slots.count
        return buffer.bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
                // Types, lengths and formats, one behind the other: one allocation on the stack for the three.
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 3 * count) { numbers in
                    for (index, slot) in slots.enumerated() {
                        values.initializeElement(at: index, to: Self.start(of: slot, in: bytes))
                        numbers.initializeElement(at: index, to: Int32(bitPattern: slot.type.objectID))
                        numbers.initializeElement(at: count + index, to: max(0, slot.length))
                        numbers.initializeElement(at: 2 * count + index, to: 1)
                    }
                    let first = numbers.baseAddress!
                    return first.withMemoryRebound(to: UInt32.self, capacity: count) { types in
                        body(Int32(count), types, values.baseAddress, first + count, first + 2 * count)
                    }
                }
            }
        }
    }

    /// NULL is a null pointer; an empty value needs one that is not.
    private static func start(of slot: Slot, in bytes: UnsafeRawBufferPointer) -> UnsafePointer<CChar>? {
        guard slot.length >= 0 else { return nil }
        guard let base = bytes.baseAddress else { return emptyValue }
        return (base + Int(slot.offset)).assumingMemoryBound(to: CChar.self)
    }

    // Written once and only read.
    private nonisolated(unsafe) static let emptyValue: UnsafePointer<CChar> = {
        let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
        byte.initialize(to: 0)
        return UnsafePointer(byte)
    }()
}
