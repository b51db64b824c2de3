internal import ArgumentParser

@main
struct Main {
    static func main() async throws {
        try await RPCBenchmarkServer.serveIfAsked(Array(CommandLine.arguments.dropFirst()))
        await Benchmarks.main()
    }
}

/// Benchmarks against their stated baselines, measured in the same run. The last line is `ratio NAME VALUE`.
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "zhike-bench")

    enum Name: String, ExpressibleByArgument, CaseIterable {
        case codec
        case postgres
        case rpc
        case rpcLatency = "rpc-latency"
    }

    @Argument(help: "codec, postgres, rpc or rpc-latency")
    var name: Name

    func run() async throws {
        switch name {
        case .codec: try await CodecBenchmark.run()
        case .postgres: try await PostgresBenchmark.run()
        case .rpc: try await RPCBenchmark.run()
        case .rpcLatency: try await RPCBenchmark.runLatency()
        }
    }
}
