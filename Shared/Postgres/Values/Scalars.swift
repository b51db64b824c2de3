// Numbers and truth values.

extension Bool: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .bool }
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(self ? UInt8(1) : 0) }

    public init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError) {
        guard bytes.byteCount == 1 else { throw .wrongType("a boolean", type) }
        self = bytes.integer(as: UInt8.self) != 0
    }
}

extension FixedWidthInteger {
    /// Any integer column that the value fits into, and whole `numeric` values (a sum of bigint is one).
    fileprivate init(anyInteger bytes: RawSpan, _ type: PostgresType) throws(PostgresError) {
        let wide: Int64
        switch (type, bytes.byteCount) {
        case (.numeric, _): wide = try PostgresNumeric(bytes).wholeValue()
        case (.int8, 8), (.unknown, 8): wide = bytes.integer(as: Int64.self)
        case (.int4, 4), (.unknown, 4): wide = Int64(bytes.integer(as: Int32.self))
        case (.int2, 2), (.unknown, 2): wide = Int64(bytes.integer(as: Int16.self))
        case (_, 4) where type.objectID == 26: wide = Int64(bytes.integer(as: UInt32.self))  // oid
        default: throw .wrongType("an integer", type)
        }
        guard let value = Self(exactly: wide) else {
            throw PostgresError(.decoding, "an integer that does not fit \(Self.self)")
        }
        self = value
    }
}

extension Int16: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .int2 }
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(self) }
    public init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError) {
        try self.init(anyInteger: bytes, type)
    }
}

extension Int32: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .int4 }
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(self) }
    public init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError) {
        try self.init(anyInteger: bytes, type)
    }
}

extension Int64: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .int8 }
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(self) }
    public init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError) {
        try self.init(anyInteger: bytes, type)
    }
}

extension Int: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .int8 }
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(Int64(self)) }
    public init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError) {
        try self.init(anyInteger: bytes, type)
    }
}

extension Double: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .float8 }
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(bitPattern) }

    public init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError) {
        switch (type, bytes.byteCount) {
        case (.float8, 8), (.unknown, 8): self = Double(bitPattern: bytes.integer(as: UInt64.self))
        case (.float4, 4), (.unknown, 4): self = Double(Float(bitPattern: bytes.integer(as: UInt32.self)))
        case (.numeric, _): self = try PostgresNumeric(bytes).approximateValue()
        case (.int2, _), (.int4, _), (.int8, _): self = Double(try Int64(anyInteger: bytes, type))
        default: throw .wrongType("a number", type)
        }
    }
}

extension PostgresError {
    static func wrongType(_ wanted: String, _ type: PostgresType) -> PostgresError {
        PostgresError(.decoding, "\(wanted) was expected, the column has the type of object id \(type.objectID)")
    }
}
