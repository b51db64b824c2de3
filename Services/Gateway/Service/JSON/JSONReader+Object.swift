/// The key of one member of an object, compared without making a String of it where it has no escapes.
struct JSONKey: Equatable {
    let utf8: ArraySlice<UInt8>

    var text: String { String(decoding: utf8, as: UTF8.self) }

    static func == (left: JSONKey, right: JSONKey) -> Bool {
        left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
    }
}

extension JSONReader {
    /// Members that an object without declared fields may have; keeps the search for duplicate keys short.
    static let freeMemberLimit = 256

    /// Reads an object, calling `member` at each value. Finding duplicate keys is up to the caller, who knows the
    /// names.
    mutating func readMembers(
        _ member: (inout JSONReader, JSONKey) throws(JSONProblem) -> Void
    ) throws(JSONProblem) {
        guard try peek() == UInt8(ascii: "{") else { throw wrongType("an object") }
        position += 1
        try enter()
        if try peek() != UInt8(ascii: "}") {
            while true {
                guard try peek() == UInt8(ascii: "\"") else { throw syntaxProblem("a key in double quotes") }
                let key = try readKey()
                try take(UInt8(ascii: ":"), or: "a colon")
                try member(&self, key)
                guard try peek() == UInt8(ascii: ",") else { break }
                position += 1
            }
        }
        try take(UInt8(ascii: "}"), or: "a comma or the end of the object")
        leave()
    }

    /// Reads an object whose keys are the sender's own, refusing a key that comes twice.
    mutating func readFreeMembers(
        _ member: (inout JSONReader, JSONKey) throws(JSONProblem) -> Void
    ) throws(JSONProblem) {
        var seen: [JSONKey] = []
        try readMembers { (reader, key) throws(JSONProblem) in
            guard !seen.contains(key) else { throw JSONReader.duplicate(key) }
            guard seen.count < Self.freeMemberLimit else {
                throw JSONProblem(.outOfRange, "The object has more than \(Self.freeMemberLimit) keys: send fewer.")
            }
            seen.append(key)
            do throws(JSONProblem) {
                try member(&reader, key)
            } catch {
                throw error.within(key: key.printable)
            }
        }
    }

    static func duplicate(_ key: JSONKey) -> JSONProblem {
        JSONProblem(.duplicateKey, "The key stands twice in the object: send it once.").within(key: key.printable)
    }

    private mutating func readKey() throws(JSONProblem) -> JSONKey {
        let start = position + 1
        let scan = try scanText()
        if scan.hasEscapes {
            return JSONKey(utf8: ArraySlice(try unescaped(start..<scan.end)))
        }
        return JSONKey(utf8: bytes[start..<scan.end])
    }
}

extension JSONKey {
    /// The key as a step of a path in an error: cut and cleaned, because the sender chose it. Digits that may be a phone or
    /// certificate number, put where a name belongs, are not repeated.
    var printable: String {
        let mayBePersonal = text.filter(\.isNumber).count > Self.digitsOfNames
        let allowed = text.prefix(48).map { character -> Character in
            if character.isASCII, character.isLetter || "_-.".contains(character) { return character }
            return character.isASCII && character.isNumber && !mayBePersonal ? character : "?"
        }
        return String(allowed)
    }

    /// More digits than any field's name has.
    private static var digitsOfNames: Int { 4 }
}
