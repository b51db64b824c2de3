internal import CBaselines
internal import Contracts
internal import Foundation
internal import Logging
internal import Metrics
internal import RPC
internal import RPCNNGTransport
internal import ServiceKit

/// The serving halves of the RPC benchmarks: this executable, started again with a hidden argument.
enum RPCBenchmarkServer {
    static let argument = "rpc-benchmark-server"

    /// What answers: our server, from memory or in a task for each call, or the C program on raw NNG with replies of so
    /// many bytes.
    enum Kind {
        case zhike
        case tasks
        case raw(replyByteCount: Int)

        var arguments: [String] {
            switch self {
            case .zhike: ["zhike"]
            case .tasks: ["tasks"]
            case .raw(let replyByteCount): ["raw", "\(replyByteCount)"]
            }
        }
    }

    static let callLimit = 128
    /// What our server and the baseline alike have beyond the calls that may run.
    private static let spareContextCount = 32

    /// Serves where the arguments (without the program's name) ask for it, and then does not return until the parent is
    /// gone.
    static func serveIfAsked(_ arguments: [String]) async throws {
        guard arguments.count >= 3, arguments[0] == argument else { return }
        endWithParent()
        if arguments[1] == "raw", arguments.count == 4, let replyByteCount = Int(arguments[3]) {
            let failure = zhike_rpc_baseline_serve(
                arguments[2], Int32(callLimit + spareContextCount), replyByteCount)
            throw RPCBenchmarkError("The baseline cannot serve: error \(failure) of NNG.")
        }
        MetricsSystem.bootstrap(PrometheusMetricsFactory(MetricsRegistry()))
        let server = try NNGServer(
            endpoints: [arguments[2]], router: router(isInline: arguments[1] == "zhike"),
            keys: KeyRing([RPCBenchmarkCall.key()]),
            configuration: NNGServerConfiguration(
                calls: RPCServerConfiguration(runningCallLimit: callLimit), spareContextCount: spareContextCount))
        try await server.run()
    }

    /// `GetCustomer` with log, metrics and trace. A handler that has its answer in memory may be served inline, at once;
    /// one that waits for a database is served in a task, and so are all methods of the suite services today.
    static func router(isInline: Bool = true) -> RPCRouter {
        let reply = ProfileV1.GetCustomerResponse(customer: ProfileSample.customer)
        var router = RPCRouter()
        let method = ProfileV1.ProfileServiceMethods.getCustomer
        if isInline { router.handleInline(method) { _, _ in reply } } else { router.handle(method) { _, _ in reply } }
        router.allow(method.name, callers: ["gateway"])
        router.observeCalls(logger: Logger(label: "benchmark"))
        return router
    }

    /// The other end of our standard input closes when the parent ends, however it ends.
    private static func endWithParent() {
        Thread.detachNewThread {
            while readLine() != nil {}
            exit(0)
        }
    }

    /// Starts a server process that ends with this one.
    static func start(_ kind: Kind, endpoint: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let arguments = kind.arguments
        process.arguments = [argument, arguments[0], endpoint] + arguments.dropFirst()
        process.standardInput = Pipe()
        try process.run()
        return process
    }
}
