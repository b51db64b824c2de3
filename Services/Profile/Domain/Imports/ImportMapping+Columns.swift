extension ImportMapping {
    /// The declared columns; an `after` column cannot be a trait.
    static func columns(_ reader: MappingReader?, source: String) throws(FieldProblem) -> [String: Column] {
        guard var reader else { throw MappingReader.problem("columns", "Declare the columns of the file.") }
        var columns: [String: Column] = [:]
        var traits: Set<String> = []
        for (name, var one) in try reader.everyObject() {
            let column = try column(&one, source: source)
            if case .trait(let definition, _) = column.use, !traits.insert(definition.name).inserted {
                throw MappingReader.problem("columns.\(name).trait.name", "Another column is this trait already.")
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
            return Column(known: known, use: .identity(kind: kind))
        case (false, nil, var trait?, nil):
            return Column(known: known, use: try use(&trait, known: known, source: source))
        case (false, nil, nil, var property?):
            let use = Use.property(name: try property.text("name"), type: try type(&property))
            try property.finish()
            return Column(known: known, use: use)
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
        let sensitivity: Sensitivity
        switch try reader.optionalText("sensitivity") ?? "C2" {
        case "C1": sensitivity = .c1
        case "C2": sensitivity = .c2
        case "C3": sensitivity = .c3
        default: throw MappingReader.problem(reader.place("sensitivity"), "Choose C1, C2 or C3.")
        }
        let unknown = Set(try reader.texts("unknown")).union([""])
        let meaning = try reader.text("meaning")
        let refresh = try reader.optionalText("refresh") ?? ""
        try reader.finish()
        do throws(FieldProblem) {
            return .trait(
                try TraitDefinition(
                    name: name, type: type, meaning: meaning, source: source, refresh: refresh,
                    sensitivity: sensitivity, known: known),
                unknown: unknown)
        } catch {
            throw MappingReader.problem(reader.place(error.field), error.reason)
        }
    }

    private static func type(_ reader: inout MappingReader) throws(FieldProblem) -> TraitType {
        guard let type = TraitType(word: try reader.text("type")) else {
            throw MappingReader.problem(reader.place("type"), "Choose text, integer, decimal, flag or time.")
        }
        return type
    }
}
