/// A value that can be bound to a parameter, in Postgres's binary format.
public protocol PostgresEncodable: Sendable {
    /// The type the server is told.
    static var postgresType: PostgresType { get }
    var isPostgresNull: Bool { get }
    /// Appends the binary form; not called for a null.
    func encode(into buffer: inout PostgresBuffer)
}

/// A value that can be read from a column in Postgres's binary format.
public protocol PostgresDecodable: Sendable {
    /// `type` is `.unknown` for what comes out of COPY.
    init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError)
    /// What stands for NULL; types without such a value throw.
    static func postgresNull() throws(PostgresError) -> Self
}

extension PostgresEncodable {
    public var isPostgresNull: Bool { false }
}

extension PostgresDecodable {
    public static func postgresNull() throws(PostgresError) -> Self {
        throw PostgresError(.decoding, "NULL where a \(Self.self) was expected; ask for an optional")
    }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    public static var postgresType: PostgresType { Wrapped.postgresType }
    public var isPostgresNull: Bool { self?.isPostgresNull ?? true }
    public func encode(into buffer: inout PostgresBuffer) { self?.encode(into: &buffer) }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    public init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError) {
        self = .some(try Wrapped(postgresBinary: bytes, type: type))
    }

    public static func postgresNull() throws(PostgresError) -> Self { .none }
}

/// Enumerations and other values that wrap one column's value.
extension RawRepresentable where Self: PostgresEncodable, RawValue: PostgresEncodable {
    public static var postgresType: PostgresType { RawValue.postgresType }
    public func encode(into buffer: inout PostgresBuffer) { rawValue.encode(into: &buffer) }
}

extension RawRepresentable where Self: PostgresDecodable, RawValue: PostgresDecodable {
    public init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError) {
        guard let value = Self(rawValue: try RawValue(postgresBinary: bytes, type: type)) else {
            throw PostgresError(.decoding, "a value that \(Self.self) does not know")
        }
        self = value
    }
}

/// Bytes in the making, in network order.
public struct PostgresBuffer: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public var count: Int { bytes.count }

    public mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    public mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
    public mutating func append(_ values: [UInt8]) { bytes.append(contentsOf: values) }

    /// A length, then the value; -1 for a null. The form of arrays and of COPY.
    mutating func appendField(_ value: borrowing some PostgresEncodable) {
        guard !value.isPostgresNull else { return append(Int32(-1)) }
        let start = bytes.count
        append(Int32(0))
        value.encode(into: &self)
        setInteger(Int32(bytes.count - start - 4), at: start)
    }

    mutating func setInteger(_ value: some FixedWidthInteger, at start: Int) {
        withUnsafeBytes(of: value.bigEndian) { source in
            for (offset, byte) in source.enumerated() { bytes[start + offset] = byte }
        }
    }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }
}

extension RawSpan {
    /// A big-endian integer; the caller has checked that it is there.
    func integer<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int = 0, as type: T.Type) -> T {
        precondition(offset >= 0 && offset + MemoryLayout<T>.size <= byteCount)
        // Bounds are checked above, and every bit pattern is an integer.
        return T(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
    }
}
