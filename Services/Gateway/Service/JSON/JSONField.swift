/// One member of an object: its key, whether it must be there, and where its value stands in ours.
struct JSONField<Object: Sendable>: Sendable {
    let name: String
    let utf8: [UInt8]
    let schema: JSONSchema
    let isRequired: Bool
    let read: @Sendable (inout JSONReader, inout Object) throws(JSONProblem) -> Void
    /// Writes key and value, or nothing.
    let write: @Sendable (Object, inout JSONWriter) -> Void

    init(
        _ name: String, schema: JSONSchema, isRequired: Bool,
        read: @escaping @Sendable (inout JSONReader, inout Object) throws(JSONProblem) -> Void,
        write: @escaping @Sendable (Object, inout JSONWriter) -> Void
    ) {
        self.name = name
        utf8 = Array(name.utf8)
        self.schema = schema
        self.isRequired = isRequired
        self.read = read
        self.write = write
    }

    /// Must be sent; is always written.
    static func required<Value>(
        _ name: String, _ path: any WritableKeyPath<Object, Value> & Sendable, _ shape: JSONShape<Value>
    ) -> JSONField {
        stored(name, path, shape, isRequired: true)
    }

    /// May be left out, which leaves the value as it is in a new object; is always written.
    static func optional<Value>(
        _ name: String, _ path: any WritableKeyPath<Object, Value> & Sendable, _ shape: JSONShape<Value>
    ) -> JSONField {
        stored(name, path, shape, isRequired: false)
    }

    /// May be left out; is written only where it differs from a new object's value.
    static func omittable<Value: Equatable>(
        _ name: String, _ path: any WritableKeyPath<Object, Value> & Sendable, _ shape: JSONShape<Value>,
        absent: Value
    ) -> JSONField {
        let field = stored(name, path, shape, isRequired: false)
        return JSONField(
            name, schema: shape.schema, isRequired: false, read: field.read,
            write: { object, writer in
                if object[keyPath: path] != absent { field.write(object, &writer) }
            })
    }

    /// May be left out, which is nil; nil is not written.
    static func presence<Value>(
        _ name: String, _ path: any WritableKeyPath<Object, Value?> & Sendable, _ shape: JSONShape<Value>,
        isRequired: Bool = false
    ) -> JSONField {
        JSONField(
            name, schema: shape.schema, isRequired: isRequired,
            read: { reader, object throws(JSONProblem) in object[keyPath: path] = try shape.read(&reader) },
            write: { object, writer in
                guard let value = object[keyPath: path] else { return }
                writer.key(name)
                shape.write(value, &writer)
            })
    }

    private static func stored<Value>(
        _ name: String, _ path: any WritableKeyPath<Object, Value> & Sendable, _ shape: JSONShape<Value>,
        isRequired: Bool
    ) -> JSONField {
        JSONField(
            name, schema: shape.schema, isRequired: isRequired,
            read: { reader, object throws(JSONProblem) in object[keyPath: path] = try shape.read(&reader) },
            write: { object, writer in
                writer.key(name)
                shape.write(object[keyPath: path], &writer)
            })
    }
}
