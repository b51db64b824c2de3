internal import Synchronization

/// The metrics of a process, by name and labels. Instruments with the same name and labels are one.
public final class MetricsRegistry: Sendable {
    private struct Contents {
        var counters: [MetricIdentity: CounterInstrument] = [:]
        var gauges: [MetricIdentity: GaugeInstrument] = [:]
        var histograms: [MetricIdentity: HistogramInstrument] = [:]
    }

    private let contents = Mutex(Contents())

    public init() {}

    func counter(_ identity: MetricIdentity) -> CounterInstrument {
        contents.withLock { contents in
            contents.counters[identity, create: CounterInstrument()]
        }
    }

    func gauge(_ identity: MetricIdentity) -> GaugeInstrument {
        contents.withLock { contents in
            contents.gauges[identity, create: GaugeInstrument()]
        }
    }

    func histogram(_ identity: MetricIdentity, bounds: [Double]) -> HistogramInstrument {
        contents.withLock { contents in
            contents.histograms[identity, create: HistogramInstrument(bounds: bounds)]
        }
    }

    /// Everything in the Prometheus text format 0.0.4, in the order of the names.
    public func prometheusText() -> String {
        let contents = contents.withLock { $0 }
        var text = PrometheusText()
        text.append(contents.counters.mapValues { $0.value }, kind: "counter")
        text.append(contents.gauges.mapValues { $0.value }, kind: "gauge")
        text.append(contents.histograms.mapValues { $0.state })
        return text.text
    }
}

extension Dictionary {
    fileprivate subscript(key: Key, create make: @autoclosure () -> Value) -> Value {
        mutating get {
            if let value = self[key] { return value }
            let value = make()
            self[key] = value
            return value
        }
    }
}
