// Text, bytes and JSON.

extension String: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .text }
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(self) }

    /// Text columns as they are, `json` and `jsonb` as their text, `date` as `YYYY-MM-DD`.
    public init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError) {
        switch type {
        case .jsonb: self = try PostgresJSON(postgresBinary: bytes, type: type).text
        case .date: self = try PostgresDay(postgresBinary: bytes, type: type).description
        case .int2, .int4, .int8, .float4, .float8, .numeric, .timestamptz, .uuid, .bool, .bytea:
            throw .wrongType("text", type)
        default: self = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
    }
}

/// A `jsonb` value as its text.
public struct PostgresJSON: Sendable, Hashable, PostgresEncodable, PostgresDecodable {
    public var text: String

    public init(_ text: String) {
        self.text = text
    }

    public static var postgresType: PostgresType { .jsonb }

    public func encode(into buffer: inout PostgresBuffer) {
        buffer.append(UInt8(1))  // The version of jsonb's binary form.
        buffer.append(text)
    }

    public init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError) {
        if type == .json {
            self.init(try String(postgresBinary: bytes, type: .text))
        } else {
            guard type == .jsonb || type == .unknown, bytes.byteCount > 0, bytes.integer(as: UInt8.self) == 1 else {
                throw .wrongType("jsonb", type)
            }
            self.init(bytes.withUnsafeBytes { String(decoding: $0.dropFirst(), as: UTF8.self) })
        }
    }
}

/// One byte is no type of Postgres; it stands here so that `[UInt8]` is `bytea` and not an array.
extension UInt8: PostgresArrayElement {
    public static var postgresArrayType: PostgresType { .bytea }
    public static func encodeArray(_ values: [UInt8], into buffer: inout PostgresBuffer) { buffer.append(values) }

    public static func decodeArray(_ bytes: RawSpan, type: PostgresType) throws(PostgresError) -> [UInt8] {
        guard type == .bytea || type == .unknown else { throw .wrongType("bytea", type) }
        return bytes.withUnsafeBytes { Array($0) }
    }
}

extension Array: PostgresArrayElement where Element == UInt8 {
    public static var postgresArrayType: PostgresType { .byteaArray }
}
