internal import AsyncHTTPClient
internal import Foundation
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import Postgres
internal import Sandbox

/// From an event posted at the gateway to the contact that arrives at the channel, through the whole suite at 200 events
/// a second; divided by what five plain hand-overs through the database cost.
struct TriggerBenchmark {
    private static let roundCount = 9
    private static let eventsPerSecond = 200
    private static let eventsPerRound = 800
    private static let handOverRounds = 300

    private let suite: BenchmarkSuite
    private let arrivals: TriggerArrivals
    private let token: String
    /// By the number of the customer in the bank.
    private let customerIDs: [Int64]

    static func run() async throws {
        let arrivals = TriggerArrivals()
        let simulator = try ChannelSimulator(
            ChannelSimulator.Configuration(secret: Array(BenchmarkFiles.channelSecret.utf8)),
            logger: Logger(label: "channel") { _ in SwiftLogNoOpLogHandler() },
            onTaken: { arrivals.arrived($0) })
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let channel = Task { try await simulator.run { port.yield($0) } }
        defer { channel.cancel() }
        guard let number = await ports.first(where: { _ in true }) else {
            throw BenchmarkSuiteError("The channel simulator does not start.")
        }
        let services = ["profile", "segmentation", "campaign", "kpi", "gateway"]
        try await BenchmarkSuite.with(services, channelURL: "http://127.0.0.1:\(number)/deliveries") { suite in
            let bank = BenchmarkBank(customerCount: eventsPerRound * (roundCount + 1))
            try await bank.load(through: try suite.profile())
            try await TriggerCampaign(suite: suite, customerCount: bank.customerCount).start()
            try await TriggerBenchmark(suite, arrivals).compare()
        }
    }

    private init(_ suite: BenchmarkSuite, _ arrivals: TriggerArrivals) async throws {
        self.suite = suite
        self.arrivals = arrivals
        token = try await suite.files.token()
        customerIDs = try await suite.administrator.query(
            "SELECT customer_id FROM profile.identity WHERE kind = 'customer_number' ORDER BY value"
        ).map { try $0.decode(Int64.self) }
    }

    private func compare() async throws {
        print(
            "trigger: milliseconds from an event posted at the gateway to its contact at the channel, "
                + "\(Self.eventsPerSecond) events/s; against \(TriggerBaseline.handOvers) hand-overs by INSERT, NOTIFY "
                + "and COMMIT")
        print("round   p99 of hand-overs   p50 of Zhike   p99 of Zhike   ratio")
        let baseline = TriggerBaseline(
            connectionURL: suite.server.connectionURL(database: BenchmarkSuite.database))
        var ratios: [Double] = []
        var all: (handOvers: [Double], p50: [Double], p99: [Double]) = ([], [], [])
        // The first round warms connections and plans and does not count.
        for round in 0...Self.roundCount {
            let first = round.isMultiple(of: 2) ? try await baseline.milliseconds(count: Self.handOverRounds) : nil
            let ours = try await contacts(of: round)
            let handOvers: [Double]
            if let first {
                handOvers = first
            } else {
                handOvers = try await baseline.milliseconds(count: Self.handOverRounds)
            }
            guard round > 0 else { continue }
            all.handOvers.append(quantile(0.99, handOvers))
            all.p50.append(quantile(0.5, ours))
            all.p99.append(quantile(0.99, ours))
            ratios.append(quantile(0.99, ours) / quantile(0.99, handOvers))
            printRow("\(round)", quantile(0.99, handOvers), quantile(0.5, ours), quantile(0.99, ours), ratios.last ?? 0)
        }
        printRow("median", median(all.handOvers), median(all.p50), median(all.p99), median(ratios))
        print("ratio trigger \(String(format: "%.2f", median(ratios)))")
    }

    /// Posts one event for each customer of a round at a steady pace, whatever becomes of those before, and returns the
    /// milliseconds from the moment each was due to its arrival.
    private func contacts(of round: Int) async throws -> [Double] {
        let customers = (round * Self.eventsPerRound)..<((round + 1) * Self.eventsPerRound)
        let start = ContinuousClock.now + .milliseconds(50)
        let due = { (customer: Int) in
            start + .seconds(1) * (customer - customers.lowerBound) / Self.eventsPerSecond
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for customer in customers {
                try await Task.sleep(until: due(customer), tolerance: .zero)
                group.addTask { try await post(customer) }
            }
            try await group.waitForAll()
        }
        guard await arrivals.wait(for: customers.upperBound, atMost: .seconds(20)) else {
            throw BenchmarkSuiteError("Contacts did not arrive.")
        }
        return try customers.map { customer in
            guard let arrival = arrivals[customerIDs[customer]] else {
                throw BenchmarkSuiteError("A contact of another customer arrived.")
            }
            return due(customer).duration(to: arrival) / .milliseconds(1)
        }
    }

    private func post(_ customer: Int) async throws {
        let event = BenchmarkEvents.One(
            id: "t\(customer)", customerNumber: BenchmarkBank.number(customer), type: TriggerCampaign.eventType,
            occurredAt: Date(), properties: #"{"page":"funds/7","seconds":42}"#)
        var request = HTTPClientRequest(url: suite.files.gatewayAddress + "/v1/track")
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: BenchmarkEvents.json(event)))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        _ = try await response.body.collect(upTo: 1 << 16)
        guard response.status == .ok else { throw BenchmarkSuiteError("The gateway answered \(response.status).") }
    }

    private func quantile(_ share: Double, _ values: [Double]) -> Double {
        values.sorted()[min(values.count - 1, Int((Double(values.count) * share).rounded(.up)) - 1)]
    }

    private func median(_ values: [Double]) -> Double { quantile(0.5, values) }

    private func printRow(_ name: String, _ handOvers: Double, _ p50: Double, _ p99: Double, _ ratio: Double) {
        print(
            name.padding(toLength: 6, withPad: " ", startingAt: 0)
                + String(format: "%19.2f %14.2f %14.2f %7.2f", handOvers, p50, p99, ratio))
    }
}
