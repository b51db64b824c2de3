internal import ProtobufC

/// The comments of one .proto file by the path of what they stand at, as descriptor.proto describes such paths.
struct SourceComments {
    private var texts: [[Int]: String] = [:]

    init(_ info: ProtobufView?) {
        for location in info?.messages("location") ?? [] {
            let text = location.text("leading_comments") + location.text("trailing_comments")
            if !text.isEmpty { texts[location.numbers("path")] = text }
        }
    }

    /// Empty where there is no comment.
    subscript(path: [Int]) -> String { texts[path] ?? "" }
}
