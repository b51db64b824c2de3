extension ImportMapping {
    /// The declared columns; an `after` column cannot be a trait.
    static func columns(
        _ reader: MappingReader?, source: String, hasEvent: Bool
    ) throws(FieldProblem) -> [String: Column] {
        guard var reader else { throw MappingReader.problem("columns", "Declare the columns of the file.") }
        var columns: [String: Column] = [:]
        var traits: Set<String> = []
        var properties: Set<ExactText> = []
        for (name, var one) in try reader.everyObject() {
            let column = try column(&one, source: source)
            if case .trait(let definition, _) = column.use, !traits.insert(definition.name).inserted {
                throw MappingReader.problem("columns.\(name).trait.name", "Another column is this trait already.")
            }
            if case .property(let property, _) = column.use {
                guard hasEvent else {
                    throw MappingReader.problem(
                        "columns.\(name).property",
                        "Properties belong to events: say under event which columns make one.")
                }
                guard properties.insert(ExactText(property)).inserted else {
                    throw MappingReader.problem(
                        "columns.\(name).property.name", "Another column is this property already.")
                }
            }
            columns[name] = column
        }
        return columns
    }

    private static func column(_ reader: inout MappingReader, source: String) throws(FieldProblem) -> Column {
        let known: Known
        switch try reader.text("known") {
        case "before": known = .before
        case "after": known = .after
        default: throw MappingReader.problem(reader.place("known"), "Choose before or after.")
        }
        let ignored = try reader.flag("ignore")
        let kind = try reader.optionalText("identity")
        let trait = try reader.object("trait")
        let property = try reader.object("property")
        try reader.finish()
        switch (ignored, kind, trait, property) {
        case (true, nil, nil, nil):
            return Column(known: known, use: .ignore)
        case (false, let kind?, nil, nil):
            _ = try reader.checked("identity") { () throws(FieldProblem) in try Identity(kind: kind, value: "1") }
            return Column(known: known, use: .identity(kind: kind))
        case (false, nil, var trait?, nil):
            return Column(known: known, use: try use(&trait, known: known, source: source))
        case (false, nil, nil, var property?):
            let (name, type) = (try property.text("name"), try type(&property))
            try property.finish()
            guard Names.isValue(name, atMost: 128) else {
                throw MappingReader.problem(property.place("name"), "Name the property in 1 to 128 characters.")
            }
            return Column(known: known, use: .property(name: name, type: type))
        default:
            throw MappingReader.problem(
                reader.place("ignore"), "Give exactly one of trait, identity, property and ignore.")
        }
    }

    private static func use(
        _ reader: inout MappingReader, known: Known, source: String
    ) throws(FieldProblem) -> Use {
        let name = try reader.text("name")
        let type = try type(&reader)
        guard let sensitivity = Sensitivity(word: try reader.optionalText("sensitivity") ?? "C2") else {
            throw MappingReader.problem(reader.place("sensitivity"), "Choose C1, C2 or C3.")
        }
        let unknown = Set(try reader.texts("unknown")).union([""])
        let meaning = try reader.text("meaning")
        let refresh = try reader.optionalText("refresh") ?? ""
        try reader.finish()
        let definition = try reader.checked { () throws(FieldProblem) in
            try TraitDefinition(
                name: name, type: type, meaning: meaning, source: source, refresh: refresh,
                sensitivity: sensitivity, known: known)
        }
        return .trait(definition, unknown: unknown)
    }

    /// Those traits of the mapping that the dictionary does not know yet. One that it knows stays as it stands there: a file
    /// changes neither its meaning nor how closely it is kept.
    ///
    /// - Parameter known: The traits of the dictionary with their types.
    public func newTraits(known: [String: TraitType]) throws(FieldProblem) -> [TraitDefinition] {
        for (name, column) in columns.sorted(by: { $0.key < $1.key }) {
            guard case .trait(let definition, _) = column.use, let type = known[definition.name],
                type != definition.type
            else { continue }
            throw MappingReader.problem(
                "columns.\(name).trait.type",
                "By the dictionary \(definition.name) holds \(type.word) values; name another trait, or this type.")
        }
        return traits.filter { known[$0.name] == nil }
    }

    private static func type(_ reader: inout MappingReader) throws(FieldProblem) -> TraitType {
        guard let type = TraitType(word: try reader.text("type")) else {
            throw MappingReader.problem(reader.place("type"), "Choose text, integer, decimal, flag or time.")
        }
        return type
    }
}
