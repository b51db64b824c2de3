extension JSONShape {
    /// One of some names that stand for values of ours, such as the names of an enumeration.
    static func names(_ table: [(name: String, value: Value)]) -> JSONShape where Value: Equatable {
        let text = JSONShape<String>.oneOf(table.map(\.name))
        return JSONShape(
            schema: text.schema,
            read: { reader throws(JSONProblem) in
                let name = try text.read(&reader)
                guard let entry = table.first(where: { $0.name == name }) else {
                    throw JSONProblem(.outOfRange, "The name is not known.")
                }
                return entry.value
            },
            write: { value, writer in
                // A value that is newer than this version of the gateway.
                writer.text(table.first { $0.value == value }?.name ?? "unknown")
            })
    }
}

extension JSONShape where Value == [String: Int64] {
    /// Counts by a word, such as refusals by reason; in the order of the words.
    static let counts = JSONShape(
        schema: .map(.integer(0...Int64.max), keys: .anyText, countLimit: .max),
        read: { reader throws(JSONProblem) in
            var counts: [String: Int64] = [:]
            try reader.readFreeMembers { (reader, key) throws(JSONProblem) in
                counts[key.text] = try reader.readInteger()
            }
            return counts
        },
        write: { counts, writer in
            writer.object { writer in
                for (word, count) in counts.sorted(by: { $0.key < $1.key }) {
                    writer.key(word)
                    writer.integer(count)
                }
            }
        })
}
