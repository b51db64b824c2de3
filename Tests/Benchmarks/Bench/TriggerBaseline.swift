internal import CBaselines
internal import Dispatch

/// Five hand-overs, each an INSERT, a NOTIFY and a COMMIT, one after another between two plain libpq connections.
struct TriggerBaseline: Sendable {
    static let handOvers = 5

    private let connectionURL: String
    /// The measurement blocks.
    private let queue = DispatchQueue(label: "zhike.benchmark.hand-overs")

    init(connectionURL: String) {
        self.connectionURL = connectionURL
    }

    /// Milliseconds of each of `count` rounds of five.
    func milliseconds(count: Int) async throws -> [Double] {
        let measured = await withCheckedContinuation { (continuation: CheckedContinuation<[UInt64]?, Never>) in
            queue.async {
                var nanoseconds = [UInt64](repeating: 0, count: count)
                let failure = zhike_trigger_baseline(
                    connectionURL, Int32(Self.handOvers), Int32(count), &nanoseconds)
                continuation.resume(returning: failure == 0 ? nanoseconds : nil)
            }
        }
        guard let measured else { throw BenchmarkSuiteError("A hand-over of the baseline failed.") }
        return measured.map { Double($0) / 1e6 }
    }
}
