extension JSONShape {
    /// An object with these members and no others, listed under `name` in the published document.
    ///
    /// - Parameters:
    ///   - initial: a new value, which holds what absent members mean.
    ///   - oneFilled: lists of which at least one must have an element; published here, held by who takes the value.
    static func object(
        _ name: String, _ initial: @escaping @autoclosure @Sendable () -> Value, _ fields: [JSONField<Value>],
        oneFilled: [String] = []
    ) -> JSONShape<Value> {
        precondition(fields.count <= 64, "The set of members seen is one machine word.")
        let members = fields.map { JSONSchema.Member(name: $0.name, schema: $0.schema, isRequired: $0.isRequired) }
        var required: UInt64 = 0
        for (index, field) in fields.enumerated() where field.isRequired { required |= 1 << UInt64(index) }
        let requiredMembers = required
        return JSONShape(
            schema: .named(name, .object(members: members, oneFilled: oneFilled)),
            read: { reader throws(JSONProblem) in
                var object = initial()
                let seen = try read(fields, &object, &reader)
                if seen & requiredMembers != requiredMembers {
                    let missing = (requiredMembers & ~seen).trailingZeroBitCount
                    throw JSONProblem(.missingField, "The field is missing: send it.")
                        .within(key: fields[missing].name)
                }
                return object
            },
            write: { object, writer in
                writer.object { writer in
                    for field in fields { field.write(object, &writer) }
                }
            })
    }

    /// Reads the members and answers which of them were there, as one bit for each.
    private static func read(
        _ fields: [JSONField<Value>], _ object: inout Value, _ reader: inout JSONReader
    ) throws(JSONProblem) -> UInt64 {
        var seen: UInt64 = 0
        var guess = 0
        try reader.readMembers { (reader, key) throws(JSONProblem) in
            // Senders keep an order: the member after the last one is the likely next.
            var index = guess
            if index >= fields.count || !key.utf8.elementsEqual(fields[index].utf8) {
                guard let found = fields.firstIndex(where: { key.utf8.elementsEqual($0.utf8) }) else {
                    throw JSONProblem(.unknownField, "No such field is known here: remove it or correct its name.")
                        .within(key: key.printable)
                }
                index = found
            }
            let bit: UInt64 = 1 << UInt64(index)
            guard seen & bit == 0 else { throw JSONReader.duplicate(key) }
            seen |= bit
            guess = index + 1
            do throws(JSONProblem) {
                try fields[index].read(&reader, &object)
            } catch {
                throw error.within(key: fields[index].name)
            }
        }
        return seen
    }
}
