internal import Foundation

/// Alternating rounds of events stored through the suite and of the same entries copied into an empty table.
struct IngestRounds {
    private static let roundCount = 9

    let name: String
    let eventsPerRound: Int
    let baseline: IngestBaseline

    /// Prints events per second of each round, the medians and the ratio of the rates: above 1, ours is faster.
    ///
    /// - Parameter store: stores `eventsPerRound` new events and returns how long that took.
    func run(_ store: () async throws -> Duration) async throws {
        print("round    COPY    Zhike   ratio")
        var rates: (copy: [Double], ours: [Double]) = ([], [])
        // The first round warms memory and caches, gives the baseline its entries and does not count.
        for round in 0...Self.roundCount {
            let copyFirst = round > 0 && round.isMultiple(of: 2) ? try await baseline.copy() : nil
            let ours = try await store()
            try await baseline.keepNewEntries(count: eventsPerRound)
            let copy: Duration
            if let copyFirst { copy = copyFirst } else { copy = try await baseline.copy() }
            guard round > 0 else { continue }
            rates.copy.append(rate(copy))
            rates.ours.append(rate(ours))
            print(row("\(round)", rate(copy), rate(ours), rate(ours) / rate(copy)))
        }
        let ratio = median(zip(rates.ours, rates.copy).map { $0 / $1 })
        print(row("median", median(rates.copy), median(rates.ours), ratio))
        print("ratio \(name) \(String(format: "%.3f", ratio))")
    }

    private func rate(_ duration: Duration) -> Double { Double(eventsPerRound) / (duration / .seconds(1)) }
    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private func row(_ name: String, _ copy: Double, _ ours: Double, _ ratio: Double) -> String {
        name.padding(toLength: 6, withPad: " ", startingAt: 0)
            + String(format: "%8.0f %8.0f   %5.3f", copy, ours, ratio)
    }
}
