/// Why no code can be generated: a sentence for the person who wrote the .proto files.
struct ContractError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
