internal import Contracts
internal import Foundation
internal import RPC

/// Events acknowledged durable per second through the RPC of the profile service, against psql's COPY of the same
/// entries. Identity look-up, dedupe, group commit, signing, deadline, metrics and trace are on.
enum IngestBenchmark {
    private static let eventsPerBatch = 500
    private static let batchesPerRound = 120
    private static let batchesInFlight = 16
    private static let customerCount = 20_000

    static func run() async throws {
        try await BenchmarkSuite.with(["profile"]) { suite in
            let profile = try suite.profile()
            try await BenchmarkBank(customerCount: customerCount).load(through: profile)
            let baseline = IngestBaseline(suite)
            defer { baseline.removeFile() }
            print(
                "ingest: events/s acknowledged durable through RPC, batches of \(eventsPerBatch), \(batchesInFlight) in "
                    + "flight, \(customerCount) customers by their number; against psql COPY of the same entries")
            var events = BenchmarkEvents(customerCount: customerCount)
            let rounds = IngestRounds(
                name: "ingest", eventsPerRound: eventsPerBatch * batchesPerRound, baseline: baseline)
            try await rounds.run {
                let requests = events.requests(batches: batchesPerRound, of: eventsPerBatch)
                return try await store(requests, through: profile)
            }
        }
    }

    private static func store(
        _ requests: [ProfileV1.TrackRequest], through profile: ProfileV1.ProfileServiceClient
    ) async throws -> Duration {
        let options = CallOptions(
            timeout: .seconds(30),
            principal: Principal(user: "mobile-bank", roles: ["channel"], officePath: "/"))
        return try await ContinuousClock().measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<batchesInFlight {
                    group.addTask {
                        for index in stride(from: lane, to: requests.count, by: batchesInFlight) {
                            let reply = try await profile.track(requests[index], options: options)
                            guard reply.results.allSatisfy({ $0.status == .accepted }),
                                reply.results.count == requests[index].events.count
                            else { throw BenchmarkSuiteError("An event was not accepted.") }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
