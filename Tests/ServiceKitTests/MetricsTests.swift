import Metrics
import ServiceKit
import Testing

@Suite("metrics")
struct MetricsTests {
    @Test("counters, gauges and timers are shown in the Prometheus text format")
    func text() {
        let registry = MetricsRegistry()
        let factory = PrometheusMetricsFactory(registry)
        let calls = Counter(label: "rpc.calls", dimensions: [("method", "a\"b\\c\nd"), ("app", "x")], factory: factory)
        calls.increment(by: 3)
        Counter(label: "rpc.calls", dimensions: [("app", "x"), ("method", "a\"b\\c\nd")], factory: factory).increment()
        Gauge(label: "pool.idle", factory: factory).record(2.5)
        let timer = Metrics.Timer(label: "rpc_server_seconds", factory: factory)
        timer.recordNanoseconds(600_000)
        timer.recordNanoseconds(100_000_000_000)
        let lines = registry.prometheusText().split(separator: "\n").map(String.init)
        #expect(lines.contains("# TYPE rpc_calls counter"))
        #expect(lines.contains(#"rpc_calls{app="x",method="a\"b\\c\nd"} 4"#))
        #expect(lines.contains("pool_idle 2.5"))
        #expect(lines.contains("# TYPE rpc_server_seconds histogram"))
        #expect(lines.contains(#"rpc_server_seconds_bucket{le="0.0005"} 0"#))
        #expect(lines.contains(#"rpc_server_seconds_bucket{le="0.001"} 1"#))
        #expect(lines.contains(#"rpc_server_seconds_bucket{le="60"} 1"#))
        #expect(lines.contains(#"rpc_server_seconds_bucket{le="+Inf"} 2"#))
        #expect(lines.contains("rpc_server_seconds_sum 100.0006"))
        #expect(lines.contains("rpc_server_seconds_count 2"))
        #expect(lines.filter { $0.hasPrefix("# TYPE rpc_calls") }.count == 1)
    }

    @Test("a label is quoted also where a combining mark stands on its quote")
    func combined() {
        let registry = MetricsRegistry()
        let factory = PrometheusMetricsFactory(registry)
        Counter(label: "a", dimensions: [("b", "x\"\u{301}")], factory: factory).increment()
        let expected = Array("a{b=\"x\\\"\u{301}\"} 1\n".utf8)
        #expect(Array(registry.prometheusText().utf8).firstRange(of: expected) != nil)
    }

    @Test("many tasks that count at once lose nothing")
    func concurrent() async {
        let registry = MetricsRegistry()
        let factory = PrometheusMetricsFactory(registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    for _ in 0..<100 {
                        Counter(label: "events", factory: factory).increment()
                        Timer(label: "calls", factory: factory).recordNanoseconds(500_000_000)
                    }
                }
            }
        }
        let lines = registry.prometheusText().split(separator: "\n")
        #expect(lines.contains("events 5000"))
        #expect(lines.contains("calls_count 5000"))
        #expect(lines.contains("calls_sum 2500"))
    }
}
