private import Foundation

/// A JSON object read key by key: what was not asked for by the end was a slip of the pen, and is named.
struct MappingReader {
    private let path: String
    private var members: [String: Any]

    init(_ value: Any?, at path: String) throws(FieldProblem) {
        guard let members = value as? [String: Any] else {
            throw Self.problem(path, "Write an object in braces here.")
        }
        self.path = path
        self.members = members
    }

    static func problem(_ path: String, _ reason: String) -> FieldProblem {
        FieldProblem(field: path, code: "mapping", reason: reason)
    }

    func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    mutating func text(_ key: String) throws(FieldProblem) -> String {
        guard let text = try optionalText(key) else { throw Self.problem(place(key), "Say \(key) here, as text.") }
        return text
    }

    mutating func optionalText(_ key: String) throws(FieldProblem) -> String? {
        guard let value = members.removeValue(forKey: key) else { return nil }
        guard let text = value as? String else { throw Self.problem(place(key), "Write text in quotes here.") }
        return text
    }

    mutating func flag(_ key: String) throws(FieldProblem) -> Bool {
        guard let value = members.removeValue(forKey: key) else { return false }
        guard let flag = value as? Bool else { throw Self.problem(place(key), "Write true or false here.") }
        return flag
    }

    /// A flag that must be there: what it says is not to be guessed.
    mutating func requiredFlag(_ key: String) throws(FieldProblem) -> Bool {
        guard members[key] != nil else { throw Self.problem(place(key), "Say true or false here.") }
        return try flag(key)
    }

    mutating func integer(_ key: String) throws(FieldProblem) -> Int? {
        guard let value = members.removeValue(forKey: key) else { return nil }
        guard let number = value as? Int else { throw Self.problem(place(key), "Write a whole number here.") }
        return number
    }

    mutating func texts(_ key: String) throws(FieldProblem) -> [String] {
        guard let value = members.removeValue(forKey: key) else { return [] }
        guard let texts = value as? [String] else { throw Self.problem(place(key), "Write a list of texts here.") }
        return texts
    }

    mutating func object(_ key: String) throws(FieldProblem) -> MappingReader? {
        guard let value = members.removeValue(forKey: key) else { return nil }
        return try MappingReader(value, at: place(key))
    }

    mutating func objects(_ key: String) throws(FieldProblem) -> [MappingReader] {
        guard let value = members.removeValue(forKey: key) else { return [] }
        guard let list = value as? [Any] else { throw Self.problem(place(key), "Write a list in brackets here.") }
        var readers: [MappingReader] = []
        for (index, item) in list.enumerated() {
            readers.append(try MappingReader(item, at: "\(place(key))[\(index)]"))
        }
        return readers
    }

    /// The remaining members as objects, by name; nothing remains afterwards.
    mutating func everyObject() throws(FieldProblem) -> [(name: String, reader: MappingReader)] {
        var readers: [(name: String, reader: MappingReader)] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            readers.append((name, try MappingReader(value, at: place(name))))
        }
        members = [:]
        return readers
    }

    /// Runs a check of a value of this object; what it finds is named by the value's place, or by the place given.
    func checked<Value>(
        _ key: String? = nil, _ body: () throws(FieldProblem) -> Value
    ) throws(FieldProblem) -> Value {
        do throws(FieldProblem) {
            return try body()
        } catch {
            throw Self.problem(place(key ?? error.field), error.reason)
        }
    }

    /// Call last: refuses a key that nobody asked for.
    func finish() throws(FieldProblem) {
        if let unknown = members.keys.sorted().first {
            throw Self.problem(place(unknown), "There is no key of this name; check its spelling in the documentation.")
        }
    }
}
