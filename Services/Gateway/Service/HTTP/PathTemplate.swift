/// A path with named places, such as `/v1/segments/{id}/count`.
struct PathTemplate: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case word(String)
        case place(String)
    }

    let text: String
    let parts: [Part]

    init(_ text: String) {
        self.text = text
        parts = text.split(separator: "/").map { part in
            part.hasPrefix("{") ? .place(String(part.dropFirst().dropLast())) : .word(String(part))
        }
    }

    /// The text at each place, or nil where the path is another one.
    func match(_ segments: [String]) -> [String: String]? {
        guard segments.count == parts.count else { return nil }
        var values: [String: String] = [:]
        for (part, segment) in zip(parts, segments) {
            switch part {
            case .word(let word):
                guard word == segment else { return nil }
            case .place(let name):
                guard !segment.isEmpty else { return nil }
                values[name] = segment
            }
        }
        return values
    }

    /// Words before places: `/v1/segments/check` goes before `/v1/segments/{id}`.
    var placeCount: Int {
        parts.count { part in
            if case .place = part { true } else { false }
        }
    }
}
