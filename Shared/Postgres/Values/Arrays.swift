/// What may stand in an array: `[Int64]` is `bigint[]`, `[String?]` is `text[]` with nulls.
public protocol PostgresArrayElement: Sendable {
    static var postgresArrayType: PostgresType { get }
    static func encodeArray(_ values: [Self], into buffer: inout PostgresBuffer)
    static func decodeArray(_ bytes: RawSpan, type: PostgresType) throws(PostgresError) -> [Self]
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    public static var postgresType: PostgresType { Element.postgresArrayType }
    public func encode(into buffer: inout PostgresBuffer) { Element.encodeArray(self, into: &buffer) }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    public init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError) {
        self = try Element.decodeArray(bytes, type: type)
    }
}

extension PostgresArrayElement where Self: PostgresEncodable {
    /// One dimension, counted from 1, as `array_send` writes it.
    public static func encodeArray(_ values: [Self], into buffer: inout PostgresBuffer) {
        buffer.append(Int32(values.isEmpty ? 0 : 1))
        buffer.append(Int32(values.contains { $0.isPostgresNull } ? 1 : 0))
        buffer.append(Self.postgresType.objectID)
        guard !values.isEmpty else { return }
        buffer.append(Int32(values.count))
        buffer.append(Int32(1))
        for value in values { buffer.appendField(value) }
    }
}

extension PostgresArrayElement where Self: PostgresDecodable {
    public static func decodeArray(_ bytes: RawSpan, type: PostgresType) throws(PostgresError) -> [Self] {
        let isCut = PostgresError(.decoding, "an array that is cut short")
        guard bytes.byteCount >= 12 else { throw isCut }
        let dimensions = bytes.integer(as: Int32.self)
        let element = PostgresType(objectID: bytes.integer(at: 8, as: UInt32.self))
        if dimensions == 0 { return [] }
        guard dimensions == 1 else { throw PostgresError(.decoding, "an array of more than one dimension") }
        guard bytes.byteCount >= 20 else { throw isCut }
        let count = Int(bytes.integer(at: 12, as: Int32.self))
        // Every element takes at least the four bytes of its length.
        guard count >= 0, count <= (bytes.byteCount - 20) / 4 else { throw isCut }
        var values: [Self] = []
        values.reserveCapacity(count)
        var offset = 20
        for _ in 0..<count {
            guard offset + 4 <= bytes.byteCount else { throw isCut }
            let length = Int(bytes.integer(at: offset, as: Int32.self))
            offset += 4
            if length < 0 {
                values.append(try Self.postgresNull())
            } else {
                guard length <= bytes.byteCount - offset else { throw isCut }
                let field = bytes.extracting(offset..<offset + length)
                values.append(try Self(postgresBinary: field, type: element))
                offset += length
            }
        }
        return values
    }
}

extension Bool: PostgresArrayElement { public static var postgresArrayType: PostgresType { .boolArray } }
extension Int16: PostgresArrayElement { public static var postgresArrayType: PostgresType { .int2Array } }
extension Int32: PostgresArrayElement { public static var postgresArrayType: PostgresType { .int4Array } }
extension Int64: PostgresArrayElement { public static var postgresArrayType: PostgresType { .int8Array } }
extension Int: PostgresArrayElement { public static var postgresArrayType: PostgresType { .int8Array } }
extension Double: PostgresArrayElement { public static var postgresArrayType: PostgresType { .float8Array } }
extension String: PostgresArrayElement { public static var postgresArrayType: PostgresType { .textArray } }
extension PostgresJSON: PostgresArrayElement { public static var postgresArrayType: PostgresType { .jsonbArray } }

extension Optional: PostgresArrayElement
where Wrapped: PostgresArrayElement & PostgresEncodable & PostgresDecodable {
    public static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
}
