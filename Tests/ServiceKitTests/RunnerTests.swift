import Contracts
import Foundation
import Logging
import Postgres
import RPC
import RPCNNGTransport
import ServiceLifecycle
import TestSupport
import Testing

@testable import ServiceKit

@Suite("a suite service's process")
struct RunnerTests {
    private struct Echo: TestingV1.TestingServiceHandler {
        func echo(_ request: TestingV1.EchoRequest, context: CallContext) async throws -> TestingV1.EchoResponse {
            TestingV1.EchoResponse(text: request.text)
        }
        func add(_ request: TestingV1.AddRequest, context: CallContext) async throws -> TestingV1.AddResponse {
            throw PostgresError(.connectionLost, "gone")
        }
        func put(_ request: TestingV1.PutRequest, context: CallContext) async throws -> TestingV1.PutResponse {
            .init()
        }
        func listNumbers(
            _ request: TestingV1.ListNumbersRequest, context: CallContext
        ) async throws -> TestingV1.ListNumbersResponse { .init() }
    }

    /// A profile service that serves the testing methods to the gateway.
    private static func build(_ environment: ServiceEnvironment) async throws -> ServiceParts {
        try await environment.migrate([
            Migration(name: "0001-own", text: "CREATE TABLE profile.own (at timestamptz NOT NULL);")
        ])
        _ = try environment.requestDatabase()
        _ = try environment.auditLog()
        var router = RPCRouter()
        router.register(testingService: Echo())
        router.allow(TestingV1.TestingServiceMethods.all, callers: ["gateway"])
        return ServiceParts(router: router)
    }

    @Test("it migrates, serves, says what it is and whether it is ready, and stops in order")
    func life() async throws {
        let files = try RunnerFiles()
        defer { files.remove() }
        let configuration = try ServiceConfiguration(
            serviceName: "profile", settings: StandardSettings.all,
            arguments: files.arguments(try await TestPostgres.database()))
        let group = StoppableGroup {
            try await ServiceRunner.serve(
                configuration, metrics: MetricsRegistry(), stopOnSignals: false, logger: Logger(label: "test"),
                build: Self.build)
        }
        let running = Task { try await group.run() }
        defer { running.cancel() }
        let gateway = try NNGChannel(serviceName: "profile", endpoints: [files.endpoint], key: files.key("gateway"))
        let answers = RPCV1.SuiteServiceClient(gateway)
        let health = try await answers.health(.init(), options: CallOptions(timeout: .seconds(20)))
        #expect(health.ready && health.reasons.isEmpty)
        let described = try await answers.describe(.init())
        #expect(described.service == "profile" && described.version == SuiteVersion.current)
        let echo = try #require(described.methods.first { $0.name == TestingV1.TestingServiceMethods.echo.name })
        #expect(echo.kind == "read" && echo.callers == ["gateway"])
        #expect(described.methods.count == 6)
        let client = TestingV1.TestingServiceClient(gateway)
        #expect(try await client.echo(.init(text: "你好")).text == "你好")
        let lost = await #expect(throws: RPCError.self) { try await client.add(.init(amount: 1)) }
        #expect(lost?.code == .unavailable)
        let campaign = try NNGChannel(serviceName: "profile", endpoints: [files.endpoint], key: files.key("campaign"))
        let refused = await #expect(throws: RPCError.self) {
            try await TestingV1.TestingServiceClient(campaign).echo(.init(text: "x"))
        }
        #expect(refused?.code == .permissionDenied)
        await group.stop()
        try await running.value
        await gateway.close()
        await campaign.close()
    }

    @Test("what is missing or wrong ends the process with its own code and a sentence")
    func configurationErrors() async throws {
        let result = await #expect(
            processExitsWith: .exitCode(78), observing: [\.standardErrorContent]
        ) {
            await ServiceRunner.run(name: "profile", arguments: [], environment: [:]) { _ in ServiceParts() }
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.hasPrefix("zhike-profile: keys.file is missing"))
        await #expect(processExitsWith: .exitCode(78)) {
            await ServiceRunner.run(name: "profile", arguments: ["--kyes-file", "x"], environment: [:]) { _ in
                ServiceParts()
            }
        }
    }

    @Test("--print-config, --version and --help say what they say and end well")
    func printed() async throws {
        let printed = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            await ServiceRunner.run(
                name: "profile", arguments: ["--print-config", "--keys-file", "/keys"],
                environment: ["ZHIKE_LOG_LEVEL": "debug"]
            ) { _ in ServiceParts() }
        }
        let text = String(decoding: printed?.standardOutputContent ?? [], as: UTF8.self)
        #expect(text.contains("keys.file = /keys\n") && text.contains("log.level = debug\n"))
        // Neither needs a setting that has to be given.
        for flag in ["--version", "--help"] {
            let said = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                [flag = flag as String] in
                await ServiceRunner.run(name: "profile", arguments: [flag], environment: [:]) { _ in ServiceParts() }
            }
            let text = String(decoding: said?.standardOutputContent ?? [], as: UTF8.self)
            #expect(text.contains("zhike-profile"))
            #expect(flag == "--version" || text.contains("--keys-file (has to be given)"))
        }
    }

    @Test(
        "a part that does not stop is ended hard after the bound, from SIGTERM as from Ctrl-C, also where nobody reads the log",
        arguments: [SIGTERM, SIGINT], [false, true])
    func hardStop(signal: Int32, logIsFull: Bool) async throws {
        let files = try RunnerFiles()
        defer { files.remove() }
        let arguments = files.arguments(try await TestPostgres.database()) + ["--stop-timeout-milliseconds", "100"]
        await #expect(processExitsWith: .exitCode(70)) {
            [arguments = arguments as [String], signal = signal as Int32, logIsFull = logIsFull as Bool] in
            await ServiceRunner.run(name: "profile", arguments: arguments, environment: [:]) { _ in
                ServiceParts(services: [Stubborn(signal: signal, logIsFull: logIsFull)])
            }
        }
    }

    @Test("services that stop together are told at the same moment")
    func together() async throws {
        let (first, tellFirst) = AsyncStream.makeStream(of: Void.self)
        let (second, tellSecond) = AsyncStream.makeStream(of: Void.self)
        // Each ends only when the other has been told, too.
        let services = Together([
            Polite(isTold: tellFirst, waitsFor: second), Polite(isTold: tellSecond, waitsFor: first),
        ])
        let group = StoppableGroup { try await services.run() }
        async let running: Void = group.run()
        await group.stop()
        try await running
    }

    @Test("the first who asks for the database chooses how often statements are planned")
    func planning() async throws {
        let files = try RunnerFiles()
        defer { files.remove() }
        let configuration = try ServiceConfiguration(
            serviceName: "profile", settings: StandardSettings.all,
            arguments: files.arguments(try await TestPostgres.database()))
        for (planning, mode) in [(StatementPlanning.once, "force_generic_plan"), (.adaptive, "auto")] {
            let environment = try ServiceEnvironment(
                configuration: configuration, logger: Logger(label: "test"), metrics: MetricsRegistry())
            let pool = try environment.database(planning: planning)
            #expect(try environment.database() === pool)
            #expect(try await pool.query("SELECT current_setting('plan_cache_mode')")[0].decode(0) == mode)
            await pool.close()
        }
    }

    @Test("an address that is taken ends the start with a sentence")
    func takenAddress() async throws {
        let files = try RunnerFiles()
        defer { files.remove() }
        let arguments = files.arguments(try await TestPostgres.database())
        let configuration = try ServiceConfiguration(
            serviceName: "profile", settings: StandardSettings.all, arguments: arguments)
        let logger = Logger(label: "test")
        let environment = try ServiceEnvironment(
            configuration: configuration, logger: logger, metrics: MetricsRegistry())
        var router = RPCRouter()
        router.complete(with: environment)
        let first = try NNGServer(endpoints: [files.endpoint], router: router, keys: environment.keys, logger: logger)
        try first.listen()
        let running = Task { try await first.run() }
        await #expect(throws: RuntimeError.self) {
            try await ServiceRunner.serve(
                configuration, metrics: MetricsRegistry(), stopOnSignals: false, logger: logger,
                build: { _ in ServiceParts(router: RPCRouter()) })
        }
        running.cancel()
        try? await running.value
    }
}

/// Tells when it has heard of the stop, and ends when the other one has.
private struct Polite: Service {
    let isTold: AsyncStream<Void>.Continuation
    let waitsFor: AsyncStream<Void>

    func run() async throws {
        try await gracefulShutdown()
        isTold.finish()
        for await _ in waitsFor {}
    }
}

/// Asks for a stop as soon as it runs, and never ends.
private struct Stubborn: Service {
    let signal: Int32
    let logIsFull: Bool

    func run() async throws {
        if logIsFull { Self.fillLog() }
        kill(getpid(), signal)
        await withCheckedContinuation { (_: CheckedContinuation<Void, Never>) in }
    }

    /// Puts a pipe that nobody reads in the place of both outputs.
    private static func fillLog() {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        while write(ends[1], "a line of the log\n", 18) > 0 {}
        _ = fcntl(ends[1], F_SETFL, 0)
        dup2(ends[1], STDOUT_FILENO)
        dup2(ends[1], STDERR_FILENO)
    }
}
