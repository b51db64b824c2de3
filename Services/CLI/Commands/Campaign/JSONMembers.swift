internal import Foundation
internal import RPC

/// A JSON value that knows a flag from a number.
enum JSONValue: Decodable, Sendable {
    case nothing
    case flag(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .nothing
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let integer = try? value.decode(Int64.self) {
            self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }
}

/// A JSON object taken member by member: what nobody asked for by the end was a slip of the pen, and is named.
struct JSONMembers {
    let path: String
    private var members: [String: JSONValue]

    init(_ value: JSONValue, at path: String) throws {
        guard case .object(let members) = value else {
            throw Self.problem(path, localized("Write an object in braces here.", "此处应为大括号中的对象。"))
        }
        self.path = path
        self.members = members
    }

    static func problem(_ path: String, _ sentence: String) -> RuntimeError {
        RuntimeError(.configurationInvalid, path.isEmpty ? sentence : "\(path): \(sentence)")
    }

    func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    mutating func value(_ name: String) -> JSONValue? { members.removeValue(forKey: name) }

    mutating func text(_ name: String) throws -> String? {
        switch value(name) {
        case nil: nil
        case .text(let text): text
        default: throw Self.problem(place(name), localized("Write text in quotes here.", "此处应为引号中的文本。"))
        }
    }

    mutating func integer<Number: FixedWidthInteger>(_ name: String, as type: Number.Type) throws -> Number? {
        switch value(name) {
        case nil: return nil
        case .integer(let number) where Number(exactly: number) != nil: return Number(exactly: number)
        default:
            throw Self.problem(place(name), localized("Write a whole number here.", "此处应为整数。"))
        }
    }

    mutating func object(_ name: String) throws -> JSONMembers? {
        try value(name).map { try JSONMembers($0, at: place(name)) }
    }

    mutating func objects(_ name: String) throws -> [JSONMembers]? {
        guard let value = value(name) else { return nil }
        guard case .list(let list) = value else {
            throw Self.problem(place(name), localized("Write a list in brackets here.", "此处应为方括号中的列表。"))
        }
        return try list.enumerated().map { try JSONMembers($0.element, at: "\(place(name))[\($0.offset)]") }
    }

    /// - Parameter known: the names that could stand here, for the error.
    func finish(known: [String]) throws {
        guard let stray = members.keys.min() else { return }
        throw Self.problem(
            place(stray),
            localized(
                "There is no such member; there are \(known.joined(separator: ", ")).",
                "没有这个成员；可用的有 \(known.joined(separator: "、"))。"))
    }
}
