import Contracts
import RPC
import RPCNNGTransport
import ServiceLifecycle
import TestSupport
import Testing

@Suite("Servers that come and go")
struct HealTests {
    /// Runs a server on `endpoint` until `body` returns, and ends it without grace.
    private func withServer(
        _ endpoint: String, _ service: TestService, _ key: ServiceKey, body: () async throws -> Void
    ) async throws {
        let server = try NNGServer(
            endpoints: [endpoint], router: service.router(), keys: KeyRing([key]),
            configuration: NNGServerConfiguration(drainTimeout: .zero, cancelTimeout: .zero), logger: Bench.quiet)
        try server.listen()
        let running = Task { try await server.run() }
        do {
            try await body()
        } catch {
            running.cancel()
            throw error
        }
        running.cancel()
        _ = await running.result
    }

    @Test("a channel calls a server that starts later, and one that was started again", arguments: [TransportKind.ipc])
    func restart(_ kind: TransportKind) async throws {
        let key = try ServiceKey.random(id: "tester-1", service: "tester")
        let endpoint = Bench.address(kind)
        let channel = try NNGChannel(serviceName: "testing", endpoints: [endpoint], key: key)
        let client = TestingV1.TestingServiceClient(channel)
        let early = Task {
            try await client.echo(TestingV1.EchoRequest(text: "early"), options: CallOptions(timeout: .seconds(30)))
        }
        for round in 0..<3 {
            try await withServer(endpoint, TestService(), key) {
                let reply = try await client.echo(
                    TestingV1.EchoRequest(text: "\(round)"), options: CallOptions(timeout: .seconds(20)))
                #expect(reply.text == "\(round)")
            }
        }
        let reply = try await early.value
        #expect(reply.text == "early")
        await channel.close()
    }

    @Test("a call that never left says so, and one whose server was lost does not")
    func lostOrUnsent() async throws {
        let key = try ServiceKey.random(id: "tester-1", service: "tester")
        let endpoint = Bench.address(.ipc)
        let channel = try NNGChannel(serviceName: "testing", endpoints: [endpoint], key: key)
        let client = TestingV1.TestingServiceClient(channel)
        let unsent = try await failure { () throws(RPCError) in
            try await client.add(TestingV1.AddRequest(), options: CallOptions(timeout: .milliseconds(100)))
        }
        #expect(unsent.code == .unavailable && unsent.notExecuted)
        let gate = Gate()
        var service = TestService()
        service.onAdd = { _, _ in
            await gate.pass()
            return TestingV1.AddResponse()
        }
        let lost = Notes<RPCError>()
        var call: Task<Void, any Error>?
        try await withServer(endpoint, service, key) {
            call = Task {
                lost.add(
                    try await failure { () throws(RPCError) in
                        try await client.add(TestingV1.AddRequest(), options: CallOptions(timeout: .seconds(60)))
                    })
            }
            try await eventually("the handler runs") { gate.arrivedCount == 1 }
        }
        try await call?.value
        #expect(lost.all.first?.code == .unavailable && lost.all.first?.notExecuted == false)
        gate.open()
        await channel.close()
    }

    @Test("of two replicas the one that is left serves all calls")
    func twoReplicas() async throws {
        let key = try ServiceKey.random(id: "tester-1", service: "tester")
        let endpoints = [Bench.address(.ipc), Bench.address(.ipc)]
        let channel = try NNGChannel(serviceName: "testing", endpoints: endpoints, key: key)
        let client = TestingV1.TestingServiceClient(channel)
        let served = [Notes<Int>(), Notes<Int>()]
        func service(_ number: Int) -> TestService {
            var service = TestService()
            service.onEcho = { request, _ in
                served[number].add(1)
                return TestingV1.EchoResponse(text: request.text)
            }
            return service
        }
        func call() async throws {
            _ = try await client.echo(TestingV1.EchoRequest(), options: CallOptions(timeout: .seconds(20)))
        }
        try await withServer(endpoints[0], service(0), key) {
            try await withServer(endpoints[1], service(1), key) {
                try await eventually("both serve") {
                    try await call()
                    return !served[0].all.isEmpty && !served[1].all.isEmpty
                }
            }
            let before = served[0].all.count
            for _ in 0..<10 { try await call() }
            #expect(served[0].all.count == before + 10)
        }
        await channel.close()
    }

    @Test("calls that began when no replica was there all take the first that comes")
    func firstReplica() async throws {
        let key = try ServiceKey.random(id: "tester-1", service: "tester")
        let endpoints = [Bench.address(.ipc), Bench.address(.ipc)]
        let channel = try NNGChannel(serviceName: "testing", endpoints: endpoints, key: key)
        let client = TestingV1.TestingServiceClient(channel)
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Half of them wait at first for the replica that never comes.
            for _ in 0..<8 {
                group.addTask {
                    _ = try await client.echo(TestingV1.EchoRequest(), options: CallOptions(timeout: .seconds(30)))
                }
            }
            try await withServer(endpoints[0], TestService(), key) { try await group.waitForAll() }
        }
        await channel.close()
    }

    @Test("a server serves several endpoints at once, and a taken one is refused with a sentence")
    func severalEndpoints() async throws {
        let key = try ServiceKey.random(id: "tester-1", service: "tester")
        let server = try NNGServer(
            endpoints: [Bench.address(.ipc), Bench.address(.tcp), Bench.address(.inproc)],
            router: TestService().router(), keys: KeyRing([key]), logger: Bench.quiet)
        let endpoints = try server.listen()
        let group = ServiceGroup(services: [server], logger: Bench.quiet)
        async let running: Void = group.run()
        for endpoint in endpoints {
            let channel = try NNGChannel(serviceName: "testing", endpoints: [endpoint], key: key)
            let reply = try await TestingV1.TestingServiceClient(channel).echo(TestingV1.EchoRequest(text: endpoint))
            #expect(reply.text == endpoint)
            await channel.close()
        }
        let second = try NNGServer(
            endpoints: [endpoints[0]], router: TestService().router(), keys: KeyRing([key]), logger: Bench.quiet)
        #expect(throws: RuntimeError.self) { try second.listen() }
        await group.triggerGracefulShutdown()
        try await running
    }

    @Test("a stopping server gives up a handler that heeds nothing")
    func boundedStop() async throws {
        let key = try ServiceKey.random(id: "tester-1", service: "tester")
        let gate = Gate()
        var service = TestService()
        service.onAdd = { _, _ in
            await gate.pass()
            return TestingV1.AddResponse()
        }
        let server = try NNGServer(
            endpoints: [Bench.address(.ipc)], router: service.router(), keys: KeyRing([key]),
            configuration: NNGServerConfiguration(drainTimeout: .milliseconds(50), cancelTimeout: .milliseconds(50)),
            logger: Bench.quiet)
        let endpoint = try server.listen()[0]
        let group = ServiceGroup(services: [server], logger: Bench.quiet)
        let running = Task { try await group.run() }
        let channel = try NNGChannel(serviceName: "testing", endpoints: [endpoint], key: key)
        let call = Task {
            try await failure { () throws(RPCError) in
                try await TestingV1.TestingServiceClient(channel).add(TestingV1.AddRequest())
            }
        }
        try await eventually("the handler runs") { gate.arrivedCount == 1 }
        await group.triggerGracefulShutdown()
        try await running.value
        let error = try await call.value
        #expect(error.code == .unavailable)
        gate.open()
        await channel.close()
    }
}
