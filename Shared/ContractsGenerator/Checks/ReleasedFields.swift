/// The numbers that a release has given to fields and enumeration values: a number is never given to anything else,
/// so that versions next to each other understand one another.
///
/// As text: one line each, sorted, `zhike.profile.v1.Customer 1 customer_id int64`. A line stays for ever, also
/// when its field is gone.
struct ReleasedFields: Equatable {
    private struct Key: Hashable {
        var owner: String
        var number: Int
    }

    private struct Entry: Equatable {
        var name: String
        var type: String
    }

    private var entries: [Key: Entry] = [:]

    init(parsing text: String) throws(ContractError) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 4, let number = Int(words[1]) else {
                throw ContractError("This line of the released fields cannot be read: \(line)")
            }
            entries[Key(owner: words[0], number: number)] = Entry(name: words[2], type: words[3])
        }
    }

    init(_ contract: Contract) {
        for message in contract.messages {
            for field in message.fields {
                entries[Key(owner: message.fullName, number: field.number)] = Entry(
                    name: field.name, type: Self.type(field))
            }
        }
        let enumerations = contract.files.flatMap(\.enumerations) + contract.messages.flatMap(\.enumerations)
        for enumeration in enumerations {
            for value in enumeration.values {
                entries[Key(owner: enumeration.fullName, number: value.number)] = Entry(name: value.name, type: "value")
            }
        }
    }

    var text: String {
        entries.map { key, entry in "\(key.owner) \(key.number) \(entry.name) \(entry.type)\n" }.sorted().joined()
    }

    /// This release and all before it.
    func joined(with earlier: ReleasedFields) -> ReleasedFields {
        var result = self
        result.entries.merge(earlier.entries) { current, _ in current }
        return result
    }

    /// Refuses what would make an old reader misunderstand a new writer.
    func check(against earlier: ReleasedFields) throws(ContractError) {
        for (key, released) in earlier.entries.sorted(by: {
            ($0.key.owner, $0.key.number) < ($1.key.owner, $1.key.number)
        }) {
            guard let current = entries[key] else { continue }
            guard current == released else {
                throw ContractError(
                    "\(key.owner) gave number \(key.number) to \(released.name) (\(released.type)) in a release, now "
                        + "to \(current.name) (\(current.type)): give the new one a new number.")
            }
        }
        let releasedNumbers = Dictionary(
            earlier.entries.map { ("\($0.key.owner).\($0.value.name)", $0.key.number) }, uniquingKeysWith: { $1 })
        for (key, current) in entries where !earlier.entries.keys.contains(key) {
            if let number = releasedNumbers["\(key.owner).\(current.name)"] {
                throw ContractError(
                    "\(key.owner).\(current.name) had number \(number) in a release, now \(key.number): give it back "
                        + "its number.")
            }
        }
    }

    private static func type(_ field: ContractField) -> String {
        let type = field.typeName.isEmpty ? "\(field.kind)" : field.typeName
        return field.isRepeated ? "repeated:\(type)" : type
    }
}
