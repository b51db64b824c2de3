internal import Foundation
internal import Metrics
internal import ServiceKit

/// Calls between two processes over ipc, against raw NNG in C moving as many bytes. Signing, deadline, metrics, trace
/// and a person are on.
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
        print("round       C    Zhike   ratio")
        var rates: (raw: [Double], ours: [Double]) = ([], [])
        for round in 0...roundCount {
            let (raw, ours) = try await alternately(
                round, { try await sides.rawRate(callsPerRound) }, { try await sides.ourRate(callsPerRound) })
            // The first round warms up and does not count.
            guard round > 0 else { continue }
            rates.raw.append(raw)
            rates.ours.append(ours)
            print(row("\(round)", raw, ours, ours / raw))
        }
        try finish("rpc", rates.raw, rates.ours, ratio: { $1 / $0 }, isValid: { $0 >= leastBaselineRate })
    }

    /// `rpc-latency`: median microseconds of a call with 1 in flight. The ratio is the baseline's to ours.
    static func runLatency() async throws {
        let sides = try await connect(inFlight: 1)
        defer { sides.stop() }
        print("rpc-latency: median microseconds of a call over ipc, 1 in flight, bytes as in rpc")
        print("round       C    Zhike   ratio")
        var medians: (raw: [Double], ours: [Double]) = ([], [])
        for round in 0...roundCount {
            let (raw, ours) = try await alternately(
                round, { try await sides.rawMedianMicroseconds(latencyCallsPerRound) },
                { try await sides.ourMedianMicroseconds(latencyCallsPerRound) })
            guard round > 0 else { continue }
            medians.raw.append(raw)
            medians.ours.append(ours)
            print(row("\(round)", raw, ours, raw / ours))
        }
        try finish(
            "rpc-latency", medians.raw, medians.ours, ratio: { $0 / $1 },
            isValid: { $0 <= longestBaselineMicroseconds })
    }

    private static func connect(inFlight: Int) async throws -> RPCBenchmarkSides {
        // As in a suite service; the caller measures its calls too.
        MetricsSystem.bootstrap(PrometheusMetricsFactory(MetricsRegistry()))
        return try await RPCBenchmarkSides(inFlight: inFlight)
    }

    /// Who goes first alternates, so that a machine that slows down or speeds up favours neither.
    private static func alternately(
        _ round: Int, _ raw: () async throws -> Double, _ ours: () async throws -> Double
    ) async throws -> (Double, Double) {
        guard round.isMultiple(of: 2) else {
            let first = try await ours()
            return (try await raw(), first)
        }
        let first = try await raw()
        return (first, try await ours())
    }

    /// The last line: the median of the ratios of the rounds.
    private static func finish(
        _ name: String, _ raw: [Double], _ ours: [Double], ratio: (Double, Double) -> Double,
        isValid: (Double) -> Bool
    ) throws {
        let ratios = zip(raw, ours).map(ratio)
        print(row("median", median(raw), median(ours), median(ratios)))
        guard isValid(median(raw)) else {
            throw RPCBenchmarkError(
                "The run is invalid: the baseline is more than half below what such a machine does. Let it rest first.")
        }
        print("ratio \(name) \(String(format: "%.3f", median(ratios)))")
    }

    private static func row(_ name: String, _ raw: Double, _ ours: Double, _ ratio: Double) -> String {
        name.padding(toLength: 6, withPad: " ", startingAt: 0)
            + String(format: "%8.0f %8.0f   %5.3f", raw, ours, ratio)
    }

    static func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }
}
