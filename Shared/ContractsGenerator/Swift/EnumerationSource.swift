/// Writes the Swift form of an enumeration: a struct, so that unknown numbers are kept.
enum EnumerationSource {
    static func write(_ enumeration: ContractEnumeration, to source: inout SourceText) {
        source.documentation(enumeration.comment)
        source.block("public struct \(enumeration.name): ProtobufEnumeration") { source in
            source.line("public var rawValue: Int32")
            source.line()
            source.block("public init(rawValue: Int32)") { source in
                source.line("self.rawValue = rawValue")
            }
            source.line()
            for value in enumeration.values {
                source.documentation(value.comment)
                let name = SwiftName.escaped(name(value, of: enumeration))
                source.line("public static let \(name) = Self(rawValue: \(value.number))")
            }
            source.line()
            let names = enumeration.values.map { "." + name($0, of: enumeration) }
            source.line("public static let all: [Self] = [\(names.joined(separator: ", "))]")
            source.line()
            writeProtobufName(enumeration, to: &source)
        }
    }

    private static func writeProtobufName(_ enumeration: ContractEnumeration, to source: inout SourceText) {
        source.block("public var protobufName: String?") { source in
            source.block("switch rawValue") { source in
                var seen: Set<Int> = []
                // An alias has the number of an earlier name, which stands for both.
                for value in enumeration.values where seen.insert(value.number).inserted {
                    source.line("case \(value.number): \"\(value.name)\"")
                }
                source.line("default: nil")
            }
        }
    }

    private static func name(_ value: ContractEnumeration.Value, of enumeration: ContractEnumeration) -> String {
        SwiftName.enumerationValue(value.name, of: enumeration.name)
    }
}
