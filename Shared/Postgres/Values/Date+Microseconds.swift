public import Foundation

extension Date {
    /// A moment from microseconds since 1970 (UTC), the form on the wire.
    public init(microseconds: Int64) {
        // Whole seconds and the rest apart: together they would lose digits far from 2001.
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        self.init(
            timeIntervalSinceReferenceDate: Double(seconds - Self.referenceSecondsSince1970) + Double(rest) / 1_000_000)
    }

    /// Microseconds since 1970 (UTC), rounded to the nearest; what lies beyond some 290,000 years counts as the end of that
    /// time.
    public var microseconds: Int64 {
        let sinceReference = (timeIntervalSinceReferenceDate * 1_000_000).rounded()
        return Int64(min(max(sinceReference, -Self.farthestMicroseconds), Self.farthestMicroseconds))
            + Self.referenceSecondsSince1970 * 1_000_000
    }

    /// Within Int64 whichever of the years below is added or taken away.
    private static let farthestMicroseconds = 9.2e18

    /// From 1970 to 2001, where `Date` counts from.
    private static let referenceSecondsSince1970: Int64 = 978_307_200
    /// From 1970 to 2000, where Postgres counts from.
    private static let postgresMicrosecondsSince1970: Int64 = 946_684_800_000_000

    fileprivate init(postgresMicroseconds: Int64) throws(PostgresError) {
        // Postgres' last years lie beyond what 64 bits count from 1970.
        let (microseconds, isTooFar) = postgresMicroseconds.addingReportingOverflow(Self.postgresMicrosecondsSince1970)
        guard !isTooFar else { throw PostgresError(.decoding, "a timestamptz too far in the future") }
        self.init(microseconds: microseconds)
    }

    fileprivate var postgresMicroseconds: Int64 { microseconds - Self.postgresMicrosecondsSince1970 }
}

extension Date: PostgresEncodable, PostgresDecodable, PostgresArrayElement {
    public static var postgresType: PostgresType { .timestamptz }
    public static var postgresArrayType: PostgresType { .timestamptzArray }
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(postgresMicroseconds) }

    public init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError) {
        guard type == .timestamptz || type == .unknown, bytes.byteCount == 8 else {
            throw .wrongType("timestamptz", type)
        }
        let value = bytes.integer(as: Int64.self)
        guard value != .max, value != .min else { throw PostgresError(.decoding, "an infinite timestamptz") }
        try self.init(postgresMicroseconds: value)
    }
}

extension UUID: PostgresEncodable, PostgresDecodable, PostgresArrayElement {
    public static var postgresType: PostgresType { .uuid }
    public static var postgresArrayType: PostgresType { .uuidArray }

    public func encode(into buffer: inout PostgresBuffer) {
        buffer.append(withUnsafeBytes(of: uuid) { Array($0) })
    }

    public init(postgresBinary bytes: RawSpan, type: PostgresType) throws(PostgresError) {
        guard type == .uuid || type == .unknown, bytes.byteCount == 16 else { throw .wrongType("uuid", type) }
        self = bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}
