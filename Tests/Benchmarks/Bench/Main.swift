internal import ArgumentParser

@main
struct Main {
    static func main() async throws {
        try await RPCBenchmarkServer.serveIfAsked(Array(CommandLine.arguments.dropFirst()))
        try await LogWritersBenchmark.writeIfAsked(Array(CommandLine.arguments.dropFirst()))
        await Benchmarks.main()
    }
}

/// Benchmarks against their stated baselines, measured in the same run. The last line is `ratio NAME VALUE`.
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "zhike-bench")

    enum Name: String, ExpressibleByArgument, CaseIterable {
        case codec
        case httpIngest = "http-ingest"
        case ingest
        case logWriters = "log-writers"
        case postgres
        case rpc
        case rpcLatency = "rpc-latency"
        case trigger
    }

    @Argument(help: "codec, http-ingest, ingest, log-writers, postgres, rpc, rpc-latency or trigger")
    var name: Name

    func run() async throws {
        switch name {
        case .codec: try await CodecBenchmark.run()
        case .httpIngest: try await HTTPIngestBenchmark.run()
        case .ingest: try await IngestBenchmark.run()
        case .logWriters: try await LogWritersBenchmark.run()
        case .postgres: try await PostgresBenchmark.run()
        case .rpc: try await RPCBenchmark.run()
        case .rpcLatency: try await RPCBenchmark.runLatency()
        case .trigger: try await TriggerBenchmark.run()
        }
    }
}
