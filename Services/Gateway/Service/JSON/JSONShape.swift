/// How one type of value looks as JSON: how it is read, how it is written, and the schema that is published for it. The
/// three are declared together, once.
struct JSONShape<Value: Sendable>: Sendable {
    let schema: JSONSchema
    let read: @Sendable (inout JSONReader) throws(JSONProblem) -> Value
    let write: @Sendable (Value, inout JSONWriter) -> Void

    init(
        schema: JSONSchema, read: @escaping @Sendable (inout JSONReader) throws(JSONProblem) -> Value,
        write: @escaping @Sendable (Value, inout JSONWriter) -> Void
    ) {
        self.schema = schema
        self.read = read
        self.write = write
    }

    /// Reads a whole JSON text.
    func value(of bytes: [UInt8]) throws(JSONProblem) -> Value {
        try JSONReader.read(bytes, read)
    }

    /// The JSON text of a value.
    func bytes(of value: Value) -> [UInt8] {
        JSONWriter.bytes { writer in write(value, &writer) }
    }

    /// The same, with a sentence for the person who reads the document.
    func described(_ description: String) -> JSONShape {
        JSONShape(schema: .described(description, schema), read: read, write: write)
    }

    /// The same value in other words of ours, such as a generated message's number for an enumeration's name.
    func converted<Other: Sendable>(
        from: @escaping @Sendable (Value) -> Other, to: @escaping @Sendable (Other) -> Value
    ) -> JSONShape<Other> {
        let read = self.read
        let write = self.write
        return JSONShape<Other>(
            schema: schema, read: { reader throws(JSONProblem) in from(try read(&reader)) },
            write: { value, writer in write(to(value), &writer) })
    }
}

extension JSONShape {
    /// An array of such values; `counts` bounds how many elements may be sent.
    func array(_ counts: ClosedRange<Int> = 0...Int.max) -> JSONShape<[Value]> {
        let element = self
        return JSONShape<[Value]>(
            schema: .array(schema, counts: counts),
            read: { reader throws(JSONProblem) in
                var values: [Value] = []
                try reader.readArray { (reader, index) throws(JSONProblem) in
                    guard index < counts.upperBound else {
                        throw JSONProblem(.outOfRange, "Send at most \(counts.upperBound) items.")
                    }
                    values.append(try element.read(&reader))
                }
                guard values.count >= counts.lowerBound else {
                    throw JSONProblem(.outOfRange, "Send at least \(counts.lowerBound) items.")
                }
                return values
            },
            write: { values, writer in
                writer.array { writer in
                    for value in values { element.write(value, &writer) }
                }
            })
    }
}
