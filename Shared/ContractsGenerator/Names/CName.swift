/// Names as protoc-c 1.4 makes them from those of the .proto files.
enum CName {
    /// The structure of a message or the type of an enumeration: `Zhike__Profile__V1__TraitValue`.
    static func type(_ fullName: String) -> String {
        fullName.split(separator: ".").map(camel).joined(separator: "__")
    }

    /// The function that sets a message to its defaults: `zhike__profile__v1__trait_value__init`.
    static func initializer(_ fullName: String) -> String {
        fullName.split(separator: ".").map { snake(String($0)) }.joined(separator: "__") + "__init"
    }

    /// The member of a structure that holds a field.
    static func member(_ fieldName: String) -> String {
        let name = fieldName.lowercased()
        return reserved.contains(name) ? name + "_" : name
    }

    /// The member that says which field of a oneof is set.
    static func caseMember(_ oneofName: String) -> String {
        snake(oneofName) + "_case"
    }

    /// Splits at each capital that follows a small letter.
    static func snake(_ name: String) -> String {
        var result = ""
        var followsCapital = true
        for character in name {
            let isCapital = character.isASCII && character.isUppercase
            if isCapital, !followsCapital { result += "_" }
            result += isCapital ? character.lowercased() : String(character)
            followsCapital = isCapital
        }
        return result
    }

    private static func camel(_ name: Substring) -> String {
        var result = ""
        var isStart = true
        for character in name {
            if character == "_" {
                isStart = true
            } else {
                result += isStart ? character.uppercased() : String(character)
                isStart = false
            }
        }
        return result
    }

    /// protoc-c puts an underscore behind every name that C++ reserves.
    private static let reserved: Set<String> = [
        "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char", "class", "compl",
        "const", "const_cast", "continue", "default", "delete", "do", "double", "dynamic_cast", "else", "enum",
        "explicit", "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int", "long", "mutable",
        "namespace", "new", "not", "not_eq", "operator", "or", "or_eq", "private", "protected", "public", "register",
        "reinterpret_cast", "return", "short", "signed", "sizeof", "static", "static_cast", "struct", "switch",
        "template", "this", "throw", "true", "try", "typedef", "typeid", "typename", "union", "unsigned", "using",
        "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq",
    ]
}
