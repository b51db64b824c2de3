/// The name and the labels of a metric, as Prometheus allows them.
struct MetricIdentity: Hashable, Comparable {
    let name: String
    let labels: [String]

    /// Replaces what a name may not hold; `rpc.server.calls` becomes `rpc_server_calls`.
    init(label: String, dimensions: [(String, String)]) {
        name = Self.allowed(label)
        labels = dimensions.map { "\(Self.allowed($0.0))=\"\(Self.escaped($0.1))\"" }.sorted()
    }

    func text(suffix: String = "", extraLabel: String? = nil) -> String {
        let all = labels + (extraLabel.map { [$0] } ?? [])
        return name + suffix + (all.isEmpty ? "" : "{" + all.joined(separator: ",") + "}")
    }

    static func < (left: MetricIdentity, right: MetricIdentity) -> Bool {
        (left.name, left.labels.joined()) < (right.name, right.labels.joined())
    }

    private static func allowed(_ text: String) -> String {
        let name = String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return name.first?.isNumber ?? true ? "_" + name : name
    }

    private static func escaped(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
