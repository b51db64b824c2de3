internal import Contracts

/// One item, or a list of items that are each judged for themselves.
struct Batch<Item: Sendable>: Sendable {
    /// The items that could be read, and where each stood in the request.
    var items: [Item] = []
    var indexes: [Int] = []
    /// Why the others could not, by their place.
    var refusals: [(index: Int, problem: JSONProblem)] = []
    /// Sent alone and not in a list: a refusal is then the answer to the whole request.
    var isSingle = false

    var count: Int { items.count + refusals.count }
}

extension JSONShape {
    /// One such value alone, or `{"<list>": [ … ]}` with up to `limit` of them.
    ///
    /// In a list a value that is JSON but not such a value is refused alone; the others go on.
    func batch(_ list: String, named name: String, limit: Int) -> JSONShape<Batch<Value>> {
        let item = self
        // The schema says what is accepted: each object is answered for itself, whatever is in it.
        let items = JSONSchema.array(.anyOf([schema, .freeObject]), counts: 1...limit)
        let listSchema = JSONSchema.named(
            name, .object(members: [.init(name: list, schema: items, isRequired: true)]))
        let listShape = JSONShape<Batch<Value>>.object(
            name, Batch(),
            [
                JSONField(
                    list, schema: items, isRequired: true,
                    read: { reader, batch throws(JSONProblem) in
                        batch = try Self.readBatch(item, limit, &reader)
                    },
                    write: { _, _ in })
            ])
        return JSONShape<Batch<Value>>(
            schema: .anyOf([schema, listSchema]),
            read: { reader throws(JSONProblem) in
                if reader.firstKey() == list { return try listShape.read(&reader) }
                return Batch(items: [try item.read(&reader)], indexes: [0], isSingle: true)
            },
            write: { _, _ in })
    }

    private static func readBatch(
        _ item: JSONShape, _ limit: Int, _ reader: inout JSONReader
    ) throws(JSONProblem) -> Batch<Value> {
        var batch = Batch<Value>()
        batch.items.reserveCapacity(min(limit, 128))
        batch.indexes.reserveCapacity(min(limit, 128))
        try reader.readArray { (reader, index) throws(JSONProblem) in
            guard index < limit else {
                throw JSONProblem(.outOfRange, "Send at most \(limit) items in one request.")
            }
            guard try reader.peek() == UInt8(ascii: "{") else { throw reader.wrongType("an object") }
            let start = reader
            do throws(JSONProblem) {
                batch.items.append(try item.read(&reader))
                batch.indexes.append(index)
            } catch {
                // What is no JSON at all, or has a key twice, refuses the request as a whole.
                reader = start
                try reader.skipValue()
                batch.refusals.append((index, error))
            }
        }
        guard batch.count > 0 else { throw JSONProblem(.outOfRange, "Send at least 1 item.") }
        return batch
    }
}
