internal import EmbeddedPostgres
internal import Foundation
internal import Logging
internal import Postgres
internal import Sandbox

/// Point selects per second from 16 tasks, against `pgbench -S -c 16 -j 2 -M prepared` on the same table.
struct PostgresBenchmark {
    private static let roundCount = 9
    private static let taskCount = 16
    private static let selectsPerClient = 5000
    /// pgbench's tables hold 100,000 accounts for each unit of its scale.
    private static let scale = 10

    private let server: EmbeddedPostgres
    private let pool: PostgresPool

    /// Prints selects per second of each round, the medians and the ratio of the rates: above 1, Zhike is faster.
    static func run() async throws {
        let server = try await EmbeddedPostgres.start()
        do {
            try await PostgresBenchmark(on: server).compare()
            try await server.stop()
        } catch {
            try? await server.stop()
            throw error
        }
    }

    private init(on server: EmbeddedPostgres) throws {
        self.server = server
        var configuration = try PostgresConfiguration(parsing: server.connectionURL())
        configuration.poolSize = Self.taskCount
        pool = PostgresPool(configuration, logger: Logger(label: "postgres-benchmark"))
    }

    private func compare() async throws {
        print(
            "postgres: point selects per second, \(Self.taskCount) tasks against \(Self.taskCount) clients of pgbench")
        _ = try pgbench(["-i", "-q", "-s", "\(Self.scale)"])
        print("round   pgbench   Zhike   ratio")
        var rates: (pgbench: [Double], zhike: [Double]) = ([], [])
        // The first round warms the server's memory and does not count.
        for round in 0...Self.roundCount {
            // Who goes first alternates, so that a machine that slows down or speeds up favours neither.
            let zhikeFirst = round.isMultiple(of: 2) ? try await selectsPerSecond() : nil
            let baseline = try baselinePerSecond()
            let own: Double
            if let zhikeFirst { own = zhikeFirst } else { own = try await selectsPerSecond() }
            guard round > 0 else { continue }
            rates.pgbench.append(baseline)
            rates.zhike.append(own)
            print("\(round)       \(Int(baseline))     \(Int(own))   \(rounded(own / baseline))")
        }
        await pool.close()
        let ratios = zip(rates.zhike, rates.pgbench).map { $0 / $1 }
        print("median  \(Int(median(rates.pgbench)))     \(Int(median(rates.zhike)))   \(rounded(median(ratios)))")
        print("ratio postgres \(rounded(median(ratios)))")
    }

    // MARK: Both sides

    private func selectsPerSecond() async throws -> Double {
        let elapsed = try await ContinuousClock().measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.taskCount {
                    // As every task may whose time goes into statements, and the followers of the logs do.
                    group.addTask(executorPreference: pool.executor) { try await select() }
                }
                try await group.waitForAll()
            }
        }
        return Double(Self.taskCount * Self.selectsPerClient) / (elapsed / .seconds(1))
    }

    private func select() async throws {
        var balances: Int64 = 0
        // As pgbench: a generator for each client, not a system call for each account.
        var generator = SplitMix64(seed: .random(in: .min ... .max))
        for _ in 0..<Self.selectsPerClient {
            let account = Int32.random(in: 1...Int32(100_000 * Self.scale), using: &generator)
            let rows = try await pool.query("SELECT abalance FROM pgbench_accounts WHERE aid = \(account)")
            balances += Int64(try rows[0].decode(0, as: Int32.self))
        }
        guard balances == 0 else { throw PostgresBenchmarkError("an account has a balance that nobody gave it") }
    }

    private func baselinePerSecond() throws -> Double {
        let output = try pgbench([
            "-n", "-S", "-c", "\(Self.taskCount)", "-j", "2", "-M", "prepared",
            // A number and no time: the alarm that ends it is blocked in a child of a thread of Swift's.
            "-t", "\(Self.selectsPerClient)",
        ])
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = Double(line.dropFirst("tps = ".count).prefix { $0 != " " })
        else { throw PostgresBenchmarkError("pgbench did not tell its rate") }
        return rate
    }

    private func pgbench(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = server.binaries.appending(path: "pgbench")
        process.arguments =
            ["-h", server.socketFolder, "-p", "\(EmbeddedPostgres.port)", "-U", EmbeddedPostgres.administrator]
            + arguments + ["postgres"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw PostgresBenchmarkError("pgbench failed") }
        return String(decoding: text, as: UTF8.self)
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

struct PostgresBenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
