import Contracts
import RPCInProcessTransport
import Testing

@testable import RPC

@Suite("Replies that are not what they seem")
struct ForgedReplyTests {
    private let key: ServiceKey
    private let server: InProcessTransport

    init() throws {
        key = try ServiceKey.random(id: "tester-1", service: "tester")
        server = InProcessTransport(
            try RPCDispatcher(router: TestService().router(), keys: KeyRing([key]), logger: Bench.quiet))
    }

    private func failureOfCall(
        _ forge: @escaping @Sendable ([UInt8]) async throws(RPCError) -> [UInt8]
    ) async throws -> RPCError {
        let channel = RPCChannel(transport: ForgingTransport(forge: forge), key: key)
        return try await failure { () throws(RPCError) in
            try await TestingV1.TestingServiceClient(channel).add(TestingV1.AddRequest(amount: 1))
        }
    }

    @Test("a true reply to another call is not taken")
    func otherCall() async throws {
        let recorded = try await server.exchange(CallForm(key).bytes(), deadline: .now + .seconds(10))
        let error = try await failureOfCall { _ in recorded }
        #expect(error.code == .unauthenticated)
    }

    @Test("a reply with any one byte changed is not taken")
    func changed() async throws {
        let count = try await server.exchange(CallForm(key).bytes(), deadline: .now + .seconds(10)).count
        for index in 0..<count {
            let error = try await failureOfCall { [server] frame throws(RPCError) in
                var reply = try await server.exchange(frame, deadline: .now + .seconds(10))
                reply[index] ^= 0x10
                return reply
            }
            #expect(error.code == .unauthenticated || error.code == .internalError, "byte \(index)")
        }
    }

    @Test("the call itself, sent back, is not a reply")
    func reflected() async throws {
        let error = try await failureOfCall { $0 }
        #expect(error.code == .internalError)
    }

    @Test("an unsigned reply can refuse, but neither succeed nor say that nothing was done")
    func unsigned() async throws {
        func unsigned(_ error: RPCError) -> @Sendable ([UInt8]) async throws(RPCError) -> [UInt8] {
            { _ in
                let start = ReplyStart(message: ReplyStart.Message(nonce: Nonce(high: 0, low: 0), key: nil))
                return start.signed(start.refusal(error))
            }
        }
        let refused = try await failureOfCall(
            unsigned(RPCError(.unauthenticated, "who?", retryAfterMilliseconds: 5, notExecuted: true)))
        #expect(refused == RPCError(.unauthenticated, "who?"))
        let other = try await failureOfCall(unsigned(RPCError(.unavailable, "later", notExecuted: true)))
        #expect(other.code == .unauthenticated && !other.notExecuted)
        let succeeded = try await failureOfCall { _ in
            let start = ReplyStart(message: ReplyStart.Message(nonce: Nonce(high: 0, low: 0), key: nil))
            guard let reply = try? start.packed(TestingV1.AddResponse(total: 1)) else { return [] }
            return start.signed(reply)
        }
        #expect(succeeded.code == .unauthenticated)
    }

    @Test("bytes that are no reply at all are an error, not a crash", arguments: [0, 1, 11, 12, 43, 44, 400])
    func garbage(_ byteCount: Int) async throws {
        let error = try await failureOfCall { _ in [UInt8](repeating: 0x5A, count: byteCount) }
        #expect(error.code == .internalError)
    }

    @Test("a status that this version does not know is a failure")
    func unknownStatus() async throws {
        let signing = SigningKey(key)
        let error = try await failureOfCall { call in
            guard let parts = try? WireLayout.parts(of: call, magic: WireLayout.callMagic),
                let envelope = try? RPCV1.Envelope(unpacking: Array(call[parts.envelope])),
                let packed = try? RPCV1.ReplyEnvelope(
                    status: RPCV1.Status(rawValue: 99), message: "?", nonce: envelope.nonce
                ).packed()
            else { return [] }
            var frame = WireLayout.begin(magic: WireLayout.replyMagic, algorithm: 1, capacity: 100)
            frame += packed
            WireLayout.finishEnvelope(of: &frame)
            signing.sign(&frame)
            return frame
        }
        #expect(error.code == .unknown)
    }
}
