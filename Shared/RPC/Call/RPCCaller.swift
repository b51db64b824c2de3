public import ProtobufC

/// Something that can make calls to a suite service.
public protocol RPCCaller: Sendable {
    /// Makes one call and waits for its reply, at the longest until the deadline of the options.
    nonisolated(nonsending) func call<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ method: RPCMethod<Request, Reply>, _ request: Request, _ options: CallOptions
    ) async throws(RPCError) -> Reply
}

/// What makes its calls over a channel, whatever carries it.
public protocol RPCChannelCaller: RPCCaller {
    var channel: RPCChannel { get }
}

extension RPCChannelCaller {
    public nonisolated(nonsending) func call<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ method: RPCMethod<Request, Reply>, _ request: Request, _ options: CallOptions
    ) async throws(RPCError) -> Reply {
        try await channel.call(method, request, options)
    }
}

/// What a generated client calls through: straight to the channel where there is one. By way of a protocol each call
/// would change its executor once more on the way back.
public struct RPCCalls: RPCCaller {
    @usableFromInline let caller: any RPCCaller
    @usableFromInline let channel: RPCChannel?

    public init(_ caller: any RPCCaller) {
        self.caller = caller
        channel = (caller as? any RPCChannelCaller)?.channel
    }

    @inlinable
    public nonisolated(nonsending) func call<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ method: RPCMethod<Request, Reply>, _ request: Request, _ options: CallOptions
    ) async throws(RPCError) -> Reply {
        if let channel { return try await channel.call(method, request, options) }
        return try await caller.call(method, request, options)
    }
}
