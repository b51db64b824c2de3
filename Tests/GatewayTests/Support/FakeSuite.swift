internal import Contracts
internal import GatewayService
internal import ProtobufC
internal import RPC
internal import RPCInProcessTransport

/// The four suite services behind the gateway, as far as a test needs them, called through the same bytes and
/// signatures as real ones. A method that a test does not give answers UNIMPLEMENTED.
struct FakeSuite: Sendable {
    private var router = RPCRouter()

    mutating func on<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ method: RPCMethod<Request, Reply>, _ body: @escaping @Sendable (Request, CallContext) async throws -> Reply
    ) {
        router.handle(method, body)
        router.allow(method.name, callers: ["gateway"])
    }

    func clients() throws -> GatewayClients {
        let channel = try InProcessChannel(router: router, caller: "gateway")
        return GatewayClients(profile: channel, segmentation: channel, campaign: channel, kpi: channel)
    }
}
