import Contracts
import NNG
import TestSupport
import Testing

@testable import RPC
@testable import RPCNNGTransport

@Suite("Calls that travel together")
struct BundlerTests {
    /// A server that answers when the test says so, and a transport to it.
    private struct Line {
        /// A bundle that came in, not answered yet.
        struct Received {
            let context: ReplyContext
            let bundle: ReceivedBundle
            let key: ServiceKey

            var bodies: [[UInt8]] { bundle.bodies }

            /// Answers each call with its body, or with what is made of it.
            func reply(_ body: ([UInt8]) -> [UInt8] = { $0 }) async throws {
                try await reply(bytes: bundle.replies(bodies.map(body), key))
            }

            func reply(bytes: [UInt8]) async throws {
                try await context.reply(Message(copying: bytes))
            }
        }

        let socket: ReplySocket
        let transport: NNGTransport
        let key: ServiceKey

        init(callLimit: Int = 1_024) throws {
            let endpoint = try Endpoint(parsing: Bench.address(.inproc))
            socket = try ReplySocket()
            try socket.listen(on: endpoint)
            key = try ServiceKey.random(id: "tester-1", service: "tester")
            transport = try NNGTransport(
                serviceName: "testing", endpoints: [endpoint], key: key, callLimit: callLimit)
        }

        func receive() async throws -> Received {
            let context = try socket.openContext()
            let bundle = try #require(ReceivedBundle(await context.receive().copyBytes()))
            return Received(context: context, bundle: bundle, key: key)
        }

        func call(_ number: UInt8, timeout: Duration = .seconds(20)) -> Task<[UInt8], any Error> {
            Task { [transport] in
                try await transport.exchange(BundlePart(body: [number], deadline: .now + timeout)).body
            }
        }

        /// Four messages under way: from here on calls wait for each other.
        func fill() async throws -> [Received] {
            var alone: [Received] = []
            for number: UInt8 in 1...4 {
                _ = call(number)
                alone.append(try await receive())
            }
            return alone
        }

        /// Calls with these bodies in a bundle that the server has received, behind the four.
        func bundle(
            of numbers: Range<UInt8>
        ) async throws -> (calls: [Task<[UInt8], any Error>], bundle: Received) {
            let alone = try await fill()
            let calls = numbers.map { call($0) }
            try await eventually("they wait") { transport.waitingCount == calls.count }
            try await alone[0].reply()
            return (calls, try await receive())
        }

        func close() async {
            await transport.close()
            await socket.close()
        }
    }

    @Test("while few are under way, each leaves at once; the rest travel together, and each gets its own reply")
    func together() async throws {
        let line = try Line()
        let alone = try await line.fill()
        #expect(alone.map(\.bodies) == [[[1]], [[2]], [[3]], [[4]]])
        let calls = (10..<20).map { line.call(UInt8($0)) }
        try await eventually("ten calls wait") { line.transport.waitingCount == 10 }
        try await alone[0].reply()
        let bundle = try await line.receive()
        #expect(bundle.bodies.flatMap(\.self).sorted() == Array(10..<20))
        try await bundle.reply { $0 + $0 }
        for (call, number) in zip(calls, 10 as UInt8..<20) {
            #expect(try await call.value == [number, number])
        }
        await line.close()
    }

    @Test("who gives up while waiting is never sent, and the others are")
    func givenUp() async throws {
        let line = try Line()
        let alone = try await line.fill()
        let calls = (10..<13).map { line.call(UInt8($0)) }
        try await eventually("three calls wait") { line.transport.waitingCount == 3 }
        calls[1].cancel()
        let error = await #expect(throws: RPCError.self) { try await calls[1].value }
        #expect(error?.code == .cancelled && error?.notExecuted == true)
        try await alone[0].reply()
        let bundle = try await line.receive()
        #expect(bundle.bodies.flatMap(\.self).sorted() == [10, 12])
        await line.close()
    }

    @Test("who gives up after sending ends at once, and the others have their replies")
    func givenUpOnTheWay() async throws {
        let line = try Line()
        let (calls, bundle) = try await line.bundle(of: 10..<13)
        calls[1].cancel()
        let error = await #expect(throws: RPCError.self) { try await calls[1].value }
        #expect(error?.code == .cancelled && error?.notExecuted == false)
        try await bundle.reply()
        #expect(try await calls[0].value == [10])
        #expect(try await calls[2].value == [12])
        // Who has given up already is not even taken along.
        let never = Task { [transport = line.transport] in
            withUnsafeCurrentTask { $0?.cancel() }
            return try await transport.exchange(BundlePart(body: [99])).body
        }
        let refused = await #expect(throws: RPCError.self) { try await never.value }
        #expect(refused?.code == .cancelled && refused?.notExecuted == true)
        await line.close()
    }

    @Test("a deadline ends a call alone, before it is sent or after")
    func deadlines() async throws {
        let line = try Line()
        let alone = try await line.fill()
        let waiting = line.call(10, timeout: .milliseconds(100))
        let unsent = await #expect(throws: RPCError.self) { try await waiting.value }
        #expect(unsent?.code == .unavailable && unsent?.notExecuted == true)
        let patient = line.call(11)
        let hasty = line.call(12, timeout: .milliseconds(1_500))
        try await eventually("two calls wait") { line.transport.waitingCount == 2 }
        try await alone[0].reply()
        let bundle = try await line.receive()
        let sent = await #expect(throws: RPCError.self) { try await hasty.value }
        #expect(sent?.code == .deadlineExceeded && sent?.notExecuted == false)
        try await bundle.reply()
        #expect(try await patient.value == [11])
        await line.close()
    }

    @Test("a call that comes while another is told that its time is over, late already, is told so too")
    func lateMeanwhile() async throws {
        let line = try Line()
        _ = try await line.fill()
        let deadline = CallInstant.now + .milliseconds(50)
        let errors = Notes<RPCError>()
        // Goes on where and when it is told, so that its second call comes in the middle of the looking.
        Task(executorPreference: InlineExecutor.shared) { [transport = line.transport] in
            for number: UInt8 in 10...11 {
                do throws(RPCError) {
                    _ = try await transport.exchange(BundlePart(body: [number], deadline: deadline))
                } catch {
                    errors.add(error)
                }
            }
        }
        try await eventually("both calls end") { errors.all.count == 2 }
        #expect(errors.all.allSatisfy { $0.code == .unavailable && $0.notExecuted })
        #expect(line.transport.waitingCount == 0)
        await line.close()
    }

    /// Callers of `first` that go on where their reply came in and then do `next`, behind a bundle that is under way.
    private func bundle(
        on line: Line, of first: ClosedRange<UInt8>,
        next: @escaping @Sendable (NNGTransport, UInt8) async -> Void
    ) async throws -> Line.Received {
        let alone = try await line.fill()
        for number in first {
            Task(executorPreference: InlineExecutor.shared) { [transport = line.transport] in
                _ = try await transport.exchange(BundlePart(body: [number]))
                await next(transport, number)
            }
        }
        try await eventually("they wait") { line.transport.waitingCount == first.count }
        try await alone[0].reply()
        return try await line.receive()
    }

    @Test("callers that call again while the replies of their bundle are given out travel together again")
    func again() async throws {
        let line = try Line()
        let ended = Notes<[UInt8]>()
        let bundle = try await bundle(on: line, of: 10...14) { transport, number in
            // The third has no patience; who travels with it has.
            let patience = Duration.milliseconds(number == 12 ? 200 : 20_000)
            do throws(RPCError) {
                let part = BundlePart(body: [number + 10], deadline: .now + patience)
                ended.add(try await transport.exchange(part).body)
            } catch {
                ended.add([number, error.code == .deadlineExceeded && !error.notExecuted ? 1 : 0])
            }
        }
        try await bundle.reply()
        let next = try await line.receive()
        #expect(next.bodies.flatMap(\.self).sorted() == Array(20...24))
        try await eventually("the deadline of one ends that one") { ended.all == [[12, 1]] }
        try await next.reply()
        try await eventually("the others have their replies") { ended.all.count == 5 }
        #expect(Set(ended.all.dropFirst()) == [[20], [21], [23], [24]])
        await line.close()
    }

    @Test("of what comes while replies are given out, no more waits than may be under way")
    func boundedAgain() async throws {
        let line = try Line(callLimit: 8)
        let codes = Notes<RPCError.Code>()
        let bundle = try await bundle(on: line, of: 10...11) { transport, number in
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<(number == 10 ? 12 : 0) {
                    group.addTask(executorPreference: InlineExecutor.shared) {
                        do throws(RPCError) {
                            _ = try await transport.exchange(BundlePart(body: [UInt8(100 + index)]))
                        } catch {
                            codes.add(error.code)
                        }
                    }
                }
            }
        }
        try await bundle.reply()
        try await eventually("four are refused") { codes.all.count == 4 }
        #expect(codes.all.allSatisfy { $0 == .resourceExhausted })
        let next = try await line.receive()
        #expect(next.bodies.count == 8)
        try await next.reply()
        await line.close()
    }

    @Test("a reply that is not signed, answers another bundle or is not one of as many goes to nobody")
    func wrongReply() async throws {
        let line = try Line()
        let alone = try await line.fill()
        let stranger = try ServiceKey.random(id: "tester-1", service: "tester")
        let refusal = try RPCV1.ReplyEnvelope(status: .unauthenticated, message: "no").packed()
        let wrong: [(RPCError.Code, (Line.Received) throws -> [UInt8])] = [
            (.unauthenticated, { try $0.bundle.replies($0.bodies, stranger) }),
            (.unauthenticated, { _ in try alone[1].bundle.replies([[1], [2]], line.key) }),
            (.internalError, { try $0.bundle.replies([[1]], line.key) }),
            (.internalError, { try $0.bundle.replies([[1], [2], [3]], line.key) }),
            (.internalError, { try $0.bundle.replies($0.bodies, line.key).dropLast(33) }),
            (.internalError, { _ in [1, 2, 3] }),
            (
                .unauthenticated,
                { _ in
                    var frame = WireLayout.begin(
                        magic: WireLayout.replyMagic, algorithm: WireLayout.noMAC, capacity: 64)
                    frame += refusal
                    WireLayout.finishEnvelope(of: &frame)
                    return frame
                }
            ),
        ]
        var free = alone[0]
        for (code, bytes) in wrong {
            let calls = (10..<12).map { line.call(UInt8($0)) }
            try await eventually("two calls wait") { line.transport.waitingCount == 2 }
            try await free.reply()
            let bundle = try await line.receive()
            // The place of the bundle is free again once it is answered.
            let next = line.call(20)
            try await eventually("one call waits") { line.transport.waitingCount == 1 }
            try await bundle.reply(bytes: bytes(bundle))
            for call in calls {
                let error = await #expect(throws: RPCError.self) { try await call.value }
                #expect(error?.code == code && error?.notExecuted == false)
            }
            free = try await line.receive()
            #expect(free.bodies == [[20]])
            _ = next
        }
        await line.close()
    }

    @Test("a call that waits for the connection of one replica takes another that has one", .timeLimit(.minutes(1)))
    func otherReplica() async throws {
        let endpoints = try (0..<2).map { _ in try Endpoint(parsing: Bench.address(.inproc)) }
        let key = try ServiceKey.random(id: "tester-1", service: "tester")
        let transport = try NNGTransport(serviceName: "testing", endpoints: endpoints, key: key, callLimit: 8)
        // While nobody listens they take turns, so that each replica has one.
        let calls = ([1, 2] as [UInt8]).map { number in
            Task { try await transport.exchange(BundlePart(body: [number])).body }
        }
        try await eventually("each replica has a call") { transport.inFlightCount == calls.count }
        let socket = try ReplySocket()
        try socket.listen(on: endpoints[1])
        for _ in calls {
            let context = try socket.openContext()
            let bundle = try #require(ReceivedBundle(await context.receive().copyBytes()))
            try await context.reply(Message(copying: bundle.replies(bundle.bodies, key)))
        }
        for (call, number) in zip(calls, [1, 2] as [UInt8]) { #expect(try await call.value == [number]) }
        await transport.close()
        await socket.close()
    }

    @Test("what refuses a bundle as one is told to each of its calls")
    func refusedAsOne() async throws {
        var router = TestService().router()
        router.handleInline(TestingV1.TestingServiceMethods.echo) { _, _ in TestingV1.EchoResponse() }
        try await Bench.with(.ipc, router) { bench in
            let stranger = try NNGTransport(
                serviceName: "testing", endpoints: [Endpoint(parsing: bench.endpoint)],
                key: ServiceKey.random(id: "stranger", service: "tester"), callLimit: 8)
            for _ in 0..<3 {
                let error = await #expect(throws: RPCError.self) {
                    try await stranger.exchange(BundlePart(body: [1]))
                }
                #expect(error?.code == .unauthenticated && error?.notExecuted == false)
            }
            await stranger.close()
        }
    }

    @Test("closing ends those that wait and those under way")
    func closing() async throws {
        let line = try Line()
        let (calls, _) = try await line.bundle(of: 10..<14)
        let late = (14..<16).map { line.call(UInt8($0)) }
        try await eventually("two calls wait") { line.transport.waitingCount == 2 }
        await line.transport.close()
        for call in calls + late {
            let error = await #expect(throws: RPCError.self) { try await call.value }
            #expect(error?.code == .unavailable)
        }
        await line.close()
    }

    @Test("no more wait than may be under way")
    func bounded() async throws {
        let line = try Line(callLimit: 8)
        _ = try await line.fill()
        let calls = (10..<18).map { line.call(UInt8($0)) }
        try await eventually("eight calls wait") { line.transport.waitingCount == 8 }
        let one = line.call(99)
        let error = await #expect(throws: RPCError.self) { try await one.value }
        #expect(error?.code == .resourceExhausted && error?.notExecuted == true)
        for call in calls { call.cancel() }
        await line.close()
    }

    @Test(
        "thousands of calls, some given up, each get their own reply from a real server",
        arguments: TransportKind.sockets)
    func manyCalls(_ kind: TransportKind) async throws {
        var router = TestService().router()
        router.handleInline(TestingV1.TestingServiceMethods.echo) { request, _ in
            TestingV1.EchoResponse(text: request.text)
        }
        let answered = Notes<String>()
        try await Bench.with(kind, router) { bench in
            _ = try await bench.client.echo(TestingV1.EchoRequest(text: "learn"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<64 {
                    group.addTask {
                        for number in 0..<40 {
                            let text = "\(caller) \(number)"
                            let call = Task { try await bench.client.echo(TestingV1.EchoRequest(text: text)) }
                            if (caller + number).isMultiple(of: 7) {
                                call.cancel()
                                if let reply = try? await call.value { #expect(reply.text == text) }
                            } else {
                                let reply = try await call.value
                                #expect(reply.text == text)
                                answered.add(text)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(answered.all.count == (0..<64 * 40).count { !($0 / 40 + $0 % 40).isMultiple(of: 7) })
    }
}
