/// Refuses a message type that contains itself, directly or through others.
///
/// protobuf-c unpacks nested messages by recursion without a limit, so 34 KB of hostile bytes would end a thread. Where
/// no type contains itself the depth of a message is bounded by its contract. Trees travel as a flat array of nodes
/// that refer to each other by index.
enum NestingCheck {
    static func run(_ contract: Contract) throws(ContractError) {
        var fields: [String: [ContractField]] = [:]
        for message in contract.messages {
            fields[message.fullName] = message.fields.filter { $0.kind == .message }
        }
        var finished: Set<String> = []
        for message in contract.messages {
            try visit(message.fullName, from: [], fields, &finished)
        }
    }

    private static func visit(
        _ name: String, from path: [String], _ fields: [String: [ContractField]], _ finished: inout Set<String>
    ) throws(ContractError) {
        if let start = path.firstIndex(of: name) {
            let circle = (path[start...] + [name]).joined(separator: " -> ")
            throw ContractError(
                "A message must not contain itself, but \(circle): send a flat array of nodes that name each other by "
                    + "index.")
        }
        guard !finished.contains(name) else { return }
        for field in fields[name] ?? [] {
            try visit(field.typeName, from: path + [name], fields, &finished)
        }
        finished.insert(name)
    }
}
