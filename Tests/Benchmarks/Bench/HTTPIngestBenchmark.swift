internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// Events acknowledged durable per second through HTTP at the gateway, against psql's COPY of the same entries.
enum HTTPIngestBenchmark {
    private static let eventsPerBatch = 100
    private static let batchesPerRound = 400
    private static let batchesInFlight = 32
    private static let customerCount = 20_000

    static func run() async throws {
        try await BenchmarkSuite.with(["profile", "gateway"]) { suite in
            try await BenchmarkBank(customerCount: customerCount).load(through: try suite.profile())
            let baseline = IngestBaseline(suite)
            defer { baseline.removeFile() }
            print(
                "http-ingest: events/s acknowledged durable through HTTP at the gateway, batches of \(eventsPerBatch), "
                    + "\(batchesInFlight) in flight, \(customerCount) customers; against psql COPY of the same entries")
            let token = try await suite.files.token()
            var events = BenchmarkEvents(customerCount: customerCount)
            let rounds = IngestRounds(
                name: "http-ingest", eventsPerRound: eventsPerBatch * batchesPerRound, baseline: baseline)
            try await rounds.run {
                let bodies = events.bodies(batches: batchesPerRound, of: eventsPerBatch).map { ByteBuffer(bytes: $0) }
                return try await store(bodies, at: suite.files.gatewayAddress, token)
            }
        }
    }

    private static func store(_ bodies: [ByteBuffer], at address: String, _ token: String) async throws -> Duration {
        try await ContinuousClock().measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<batchesInFlight {
                    group.addTask {
                        for index in stride(from: lane, to: bodies.count, by: batchesInFlight) {
                            try await post(bodies[index], to: address, token)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private static func post(_ body: ByteBuffer, to address: String, _ token: String) async throws {
        var request = HTTPClientRequest(url: address + "/v1/track")
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(body)
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let reply = try await response.body.collect(upTo: 1 << 20)
        // The whole reply is not worth parsing here: that all events are in the log is checked after each round.
        guard response.status == .ok, reply.readableBytes > eventsPerBatch else {
            throw BenchmarkSuiteError("The gateway answered \(response.status).")
        }
    }
}
