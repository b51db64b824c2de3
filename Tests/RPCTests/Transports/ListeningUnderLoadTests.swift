import Contracts
import RPC
import RPCNNGTransport
import TestSupport
import Testing

@Suite("Listening under load", .serialized, .tags(.alone))
struct ListeningUnderLoadTests {
    /// What a call keeps to itself while it runs.
    enum Load: CaseIterable {
        case core
        case place
    }

    @Test(
        "three times as many calls as it can take make no listener anew, whether they keep a core or only a place",
        arguments: [TransportKind.ipc, .tcp], Load.allCases)
    func keepsListening(_ kind: TransportKind, _ load: Load) async throws {
        let calls = RPCServerConfiguration(runningCallLimit: 8, overloadRetryAfterMilliseconds: 1)
        let configuration = NNGServerConfiguration(calls: calls)
        let gate = Gate()
        var service = TestService()
        service.onEcho = { request, _ in
            switch load {
            case .core:
                let end = ContinuousClock.now + .milliseconds(2)
                while ContinuousClock.now < end {}
            case .place: await gate.pass()
            }
            return TestingV1.EchoResponse(text: request.text)
        }
        let inFlight = 3 * (calls.runningCallLimit + configuration.spareContextCount)
        let length = Duration.seconds(TestTier.rounds(short: 3, long: 60))
        let counts = try await Bench.with(kind, service.router(), configuration: configuration) { bench in
            let client = bench.client
            let options = CallOptions(timeout: length + .seconds(5), retry: .never)
            let counts = await withTaskGroup(of: [RPCError.Code?: Int].self) { callers in
                let end = ContinuousClock.now + length
                for _ in 0..<inFlight {
                    callers.addTask {
                        var counts: [RPCError.Code?: Int] = [:]
                        while ContinuousClock.now < end {
                            do throws(RPCError) {
                                _ = try await client.echo(TestingV1.EchoRequest(), options: options)
                                counts[nil, default: 0] += 1
                            } catch {
                                counts[error.code, default: 0] += 1
                            }
                        }
                        gate.open()
                        return counts
                    }
                }
                return await callers.reduce(into: [:]) { all, one in all.merge(one, uniquingKeysWith: +) }
            }
            #expect(bench.replacementCount() == 0)
            _ = try await client.echo(TestingV1.EchoRequest())
            return counts
        }
        let (answered, refused) = (counts[nil] ?? 0, counts[.resourceExhausted] ?? 0)
        let others = counts.values.reduce(0, +) - answered - refused
        #expect(answered >= calls.runningCallLimit && refused > answered && others == 0)
        TestTier.report(
            "overload over \(kind): \(inFlight) calls in flight for \(length), each keeping a \(load), \(answered) "
                + "answered, \(refused) refused, \(others) lost, no listener made anew")
    }
}
