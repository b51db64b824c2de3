/// Builds the Prometheus text exposition format 0.0.4.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
struct PrometheusText {
    private(set) var text = ""

    mutating func append(_ values: [MetricIdentity: Double], kind: String) {
        var lastName = ""
        for (identity, value) in values.sorted(by: { $0.key < $1.key }) {
            appendKind(kind, of: identity.name, after: &lastName)
            text += "\(identity.text()) \(Self.number(value))\n"
        }
    }

    mutating func append(_ histograms: [MetricIdentity: HistogramInstrument.State]) {
        var lastName = ""
        for (identity, state) in histograms.sorted(by: { $0.key < $1.key }) {
            appendKind("histogram", of: identity.name, after: &lastName)
            var total: UInt64 = 0
            for (bound, count) in zip(state.bounds.map(Self.number) + ["+Inf"], state.counts) {
                total += count
                text += "\(identity.text(suffix: "_bucket", extraLabel: "le=\"\(bound)\"")) \(total)\n"
            }
            text += "\(identity.text(suffix: "_sum")) \(Self.number(state.sum))\n"
            text += "\(identity.text(suffix: "_count")) \(total)\n"
        }
    }

    private mutating func appendKind(_ kind: String, of name: String, after lastName: inout String) {
        guard name != lastName else { return }
        lastName = name
        text += "# TYPE \(name) \(kind)\n"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }
}
