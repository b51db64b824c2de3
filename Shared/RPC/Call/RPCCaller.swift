public import ProtobufC

/// Something that can make calls: a channel to a suite service, over whatever transport.
public protocol RPCCaller: Sendable {
    /// Makes one call and waits for its reply, at the longest until the deadline of the options.
    nonisolated(nonsending) func call<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ method: RPCMethod<Request, Reply>, _ request: Request, _ options: CallOptions
    ) async throws(RPCError) -> Reply
}
