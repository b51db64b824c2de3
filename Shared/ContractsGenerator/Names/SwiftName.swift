/// Names of the generated Swift.
enum SwiftName {
    /// `zhike.profile.v1` becomes `ProfileV1`: the part behind the first dot names the namespace.
    static func namespace(_ package: String) -> String {
        package.split(separator: ".").dropFirst().map { part in
            abbreviations[String(part)] ?? capitalized(String(part))
        }.joined()
    }

    /// `customer_id` becomes `customerID`, `rule_json` becomes `ruleJSON`.
    static func property(_ name: String) -> String {
        distinct(lowerCamel(name.split(separator: "_").map { $0.lowercased() }))
    }

    /// The type for a oneof called `lift_presence`: `LiftPresence`.
    static func oneofType(_ name: String) -> String {
        name.split(separator: "_").map { abbreviations[$0.lowercased()] ?? capitalized($0.lowercased()) }.joined()
    }

    /// `CAMPAIGN_STATE_DRAFT` of `CampaignState` becomes `draft`.
    static func enumerationValue(_ name: String, of enumeration: String) -> String {
        let prefix = CName.snake(enumeration).uppercased() + "_"
        let stem = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
        let value = lowerCamel(stem.split(separator: "_").map { $0.lowercased() })
        return value.first?.isNumber == true ? "value\(value)" : distinct(value)
    }

    /// `StartCampaign` becomes `startCampaign`, `KPIService` becomes `kpiService`.
    static func method(_ name: String) -> String {
        let capitals = name.prefix { $0.isUppercase }
        // The last of several capitals begins the next word.
        let count = capitals.count > 1 && capitals.count < name.count ? capitals.count - 1 : capitals.count
        return name.prefix(count).lowercased() + name.dropFirst(count)
    }

    /// A name as it must be written where it is declared, or stands alone.
    static func escaped(_ name: String) -> String {
        reserved.contains(name) ? "`\(name)`" : name
    }

    /// A member of a C structure as it must be written behind a dot.
    static func escapedMember(_ name: String) -> String {
        ["init", "self"].contains(name) ? "`\(name)`" : name
    }

    /// A name that does not hide what every generated type has; above all not `description`, which is printed. Nor one
    /// that the compiler and the formatter want written in different ways where it names an argument.
    private static func distinct(_ name: String) -> String {
        taken.contains(name) ? name + "Value" : name
    }

    private static let taken: Set<String> = [
        "all", "debugDescription", "description", "hashValue", "init", "inout", "isKnown", "let", "packed",
        "protobufDescriptor", "protobufName", "rawValue", "self", "var",
    ]

    private static func lowerCamel(_ words: [String]) -> String {
        guard let first = words.first else { return "" }
        return first + words.dropFirst().map { abbreviations[$0] ?? capitalized($0) }.joined()
    }

    private static func capitalized(_ word: String) -> String {
        word.prefix(1).uppercased() + word.dropFirst()
    }

    private static let abbreviations = [
        "id": "ID", "ids": "IDs", "url": "URL", "json": "JSON", "kpi": "KPI", "rpc": "RPC",
    ]

    private static let reserved: Set<String> = [
        "Any", "Protocol", "Self", "Type", "as", "associatedtype", "await", "break", "case", "catch", "class",
        "continue", "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false",
        "fileprivate", "for", "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let", "nil",
        "operator", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows", "return", "self",
        "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var",
        "where", "while",
    ]
}
