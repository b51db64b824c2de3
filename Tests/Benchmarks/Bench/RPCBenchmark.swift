internal import Foundation
internal import Metrics
internal import ServiceKit

/// Calls between two processes over ipc, against raw NNG in C moving as many bytes. Signing, deadline, metrics, trace
/// and a person are on.
///
/// Ours is measured in two ways. What is answered from memory is served at once, and under load travels in bundles
/// (wire.md 9): that is the ratio. What waits for a database is served in a task for each call; the suite services of
/// today do that, and the column `tasks` shows what it costs.
enum RPCBenchmark {
    /// Many short rounds rather than few long ones: a virtual machine now and then runs slower for a second or two,
    /// which then spoils rounds instead of half of them.
    private static let roundCount = 25
    private static let inFlight = 128
    private static let callsPerRound = 30_000
    private static let latencyCallsPerRound = 3_000
    /// PITFALLS.md: raw NNG makes about 120,000 calls/s with 128 in flight and needs 100 us for one alone on this kind
    /// of machine; a baseline more than half below says that the machine was busy.
    private static let leastBaselineRate = 60_000.0
    private static let longestBaselineMicroseconds = 200.0

    /// `rpc`: calls/s with 128 in flight. The ratio is ours to the baseline's: above 1, ours is faster.
    static func run() async throws {
        let sides = try await connect(inFlight: inFlight)
        defer { sides.stop() }
        print(
            "rpc: calls/s over ipc, \(inFlight) in flight, calls of \(sides.byteCounts.request) bytes, replies of "
                + "\(sides.byteCounts.reply) bytes (envelope and MAC included, on both sides)")
        try await rounds(
            "rpc",
            raw: { try await sides.rawRate(callsPerRound) },
            ours: { try await sides.ourRate(callsPerRound, inTasks: $0) },
            ratio: { $1 / $0 }, isValid: { $0 >= leastBaselineRate })
    }

    /// `rpc-latency`: median microseconds of a call with 1 in flight. The ratio is the baseline's to ours.
    static func runLatency() async throws {
        let sides = try await connect(inFlight: 1)
        defer { sides.stop() }
        print("rpc-latency: median microseconds of a call over ipc, 1 in flight, bytes as in rpc")
        try await rounds(
            "rpc-latency",
            raw: { try await sides.rawMedianMicroseconds(latencyCallsPerRound) },
            ours: { try await sides.ourMedianMicroseconds(latencyCallsPerRound, inTasks: $0) },
            ratio: { $0 / $1 }, isValid: { $0 <= longestBaselineMicroseconds })
    }

    /// - Parameter ours: told whether to measure in tasks.
    private static func rounds(
        _ name: String, raw: () async throws -> Double, ours: (Bool) async throws -> Double,
        ratio: (Double, Double) -> Double, isValid: (Double) -> Bool
    ) async throws {
        print("round       C    Zhike   ratio    tasks   ratio")
        var measured: [Round] = []
        for number in 0...roundCount {
            // Who goes first changes, so that a machine that slows down or speeds up favours nobody.
            var round = Round()
            for turn in 0..<3 {
                switch (number + turn) % 3 {
                case 0: round.raw = try await raw()
                case 1: round.ours = try await ours(false)
                default: round.tasks = try await ours(true)
                }
            }
            // The first round warms up and does not count.
            guard number > 0 else { continue }
            measured.append(round)
            print(row("\(number)", round, ratio))
        }
        let middle = Round(
            raw: median(measured.map(\.raw)), ours: median(measured.map(\.ours)), tasks: median(measured.map(\.tasks)))
        // The medians of the ratios of the rounds.
        let (ours, tasks) = (
            median(measured.map { ratio($0.raw, $0.ours) }), median(measured.map { ratio($0.raw, $0.tasks) })
        )
        print(row("median", middle, ratio))
        guard isValid(middle.raw) else {
            throw RPCBenchmarkError(
                "The run is invalid: the baseline is more than half below what such a machine does. Let it rest first.")
        }
        print("in a task for each call, as what waits for a database: ratio \(String(format: "%.3f", tasks))")
        print("ratio \(name) \(String(format: "%.3f", ours))")
    }

    /// The baseline, ours from memory, ours in tasks.
    private struct Round {
        var raw = 0.0
        var ours = 0.0
        var tasks = 0.0
    }

    private static func connect(inFlight: Int) async throws -> RPCBenchmarkSides {
        // As in a suite service; the caller measures its calls too.
        MetricsSystem.bootstrap(PrometheusMetricsFactory(MetricsRegistry()))
        return try await RPCBenchmarkSides(inFlight: inFlight)
    }

    private static func row(_ name: String, _ round: Round, _ ratio: (Double, Double) -> Double) -> String {
        name.padding(toLength: 6, withPad: " ", startingAt: 0)
            + String(
                format: "%8.0f %8.0f   %5.3f %8.0f   %5.3f", round.raw, round.ours, ratio(round.raw, round.ours),
                round.tasks, ratio(round.raw, round.tasks))
    }

    static func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }
}
