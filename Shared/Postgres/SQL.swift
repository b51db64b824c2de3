/// One SQL statement with its values apart from its text.
///
///     "SELECT name FROM profile.customer WHERE partition = \(partition) AND customer_id = \(id)"
///
/// Every interpolated value becomes a parameter (`$1`, `$2`, …) in the binary format; nothing is ever pasted. Another
/// `SQL` may be interpolated (its parameters are renumbered), as may a name with `\(identifier:)`. Text that is built
/// by the program goes in by `\(unsafeSQL:)`, which is spelled so that a reviewer looks.
public struct SQL: ExpressibleByStringInterpolation, Sendable, CustomStringConvertible {
    /// The text with a NUL where a parameter stands. NUL cannot occur in SQL, so pieces can be put together without
    /// counting, and the same statement has the same text wherever it is built.
    private(set) var template: String
    private(set) var parameters: PostgresParameters
    /// Whether connections keep the parsed statement. Say no for text that is hardly ever the same twice.
    public var isPrepared = true

    public init(stringLiteral value: String) {
        template = value
        parameters = PostgresParameters()
        precondition(!value.utf8.contains(0), "SQL holds no NUL")
    }

    public init(stringInterpolation: Interpolation) {
        template = stringInterpolation.template
        parameters = stringInterpolation.parameters
        isPrepared = stringInterpolation.isPrepared
    }

    /// Text made by the program, never from input.
    public init(unsafeSQL text: String) {
        self.init(stringLiteral: text)
    }

    /// The same statement, parsed anew each time.
    public var unprepared: SQL {
        var copy = self
        copy.isPrepared = false
        return copy
    }

    /// Text alone; values are not shown.
    public var description: String { text }

    /// The text as the server gets it.
    public var text: String {
        guard !parameters.slots.isEmpty else { return template }
        var text = ""
        text.reserveCapacity(template.utf8.count + 3 * parameters.slots.count)
        for (index, piece) in template.split(separator: "\0", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { text += "$\(index)" }
            text += piece
        }
        return text
    }

    /// The statements one after another with `separator` between, as for a list of conditions.
    public static func joined(_ pieces: [SQL], separator: String) -> SQL {
        var interpolation = Interpolation(literalCapacity: 64 * pieces.count, interpolationCount: pieces.count)
        for (index, piece) in pieces.enumerated() {
            if index > 0 { interpolation.appendLiteral(separator) }
            interpolation.appendInterpolation(piece)
        }
        return SQL(stringInterpolation: interpolation)
    }

    /// A name quoted for SQL.
    static func quoted(identifier name: String) -> String {
        // By scalars: to a `Character` a quote with a combining mark is no quote, to the server it is.
        var quoted = "\""
        for scalar in name.unicodeScalars {
            if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
            quoted.unicodeScalars.append(scalar)
        }
        quoted.unicodeScalars.append("\"")
        return quoted
    }

    /// A name that may stand in a schema: `profile.log`.
    static func quoted(path: String) -> String {
        path.split(separator: ".", maxSplits: 1).map { quoted(identifier: String($0)) }.joined(separator: ".")
    }

    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var template = ""
        fileprivate var parameters = PostgresParameters()
        fileprivate var isPrepared = true

        public init(literalCapacity: Int, interpolationCount: Int) {
            template.reserveCapacity(literalCapacity + interpolationCount)
            parameters.reserve(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) {
            precondition(!literal.utf8.contains(0), "SQL holds no NUL")
            template += literal
        }

        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value) {
            template += "\0"
            parameters.append(value)
        }

        public mutating func appendInterpolation(_ sql: SQL) {
            template += sql.template
            parameters.append(sql.parameters)
            isPrepared = isPrepared && sql.isPrepared
        }

        public mutating func appendInterpolation(identifier name: String) {
            appendLiteral(SQL.quoted(identifier: name))
        }

        /// A name that may stand in a schema: `\(path: "profile.log")`.
        public mutating func appendInterpolation(path: String) {
            appendLiteral(SQL.quoted(path: path))
        }

        public mutating func appendInterpolation(unsafeSQL text: String) {
            appendLiteral(text)
        }
    }
}

/// The values of a statement, encoded one behind the other.
struct PostgresParameters: Sendable {
    struct Slot: Sendable {
        var type: PostgresType
        var offset: Int32
        /// -1 for a null.
        var length: Int32
    }

    private(set) var buffer = PostgresBuffer()
    private(set) var slots: [Slot] = []

    mutating func reserve(_ count: Int) {
        slots.reserveCapacity(count)
        buffer.reserve(16 * count)
    }

    mutating func append<Value: PostgresEncodable>(_ value: Value) {
        let start = buffer.count
        let isNull = value.isPostgresNull
        if !isNull { value.encode(into: &buffer) }
        let length = isNull ? -1 : Int32(buffer.count - start)
        slots.append(Slot(type: Value.postgresType, offset: Int32(start), length: length))
    }

    mutating func append(_ other: PostgresParameters) {
        let start = Int32(buffer.count)
        buffer.append(other.buffer.bytes)
        for slot in other.slots {
            slots.append(Slot(type: slot.type, offset: slot.offset + start, length: slot.length))
        }
    }

    func hasTypes(_ types: [PostgresType]) -> Bool {
        slots.count == types.count && zip(slots, types).allSatisfy { $0.type == $1 }
    }

    var types: [PostgresType] { slots.map(\.type) }
}
