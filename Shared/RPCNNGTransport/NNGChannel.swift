internal import NNG
public import RPC

/// A channel to a suite service over NNG, with one connection per replica.
///
/// Connections are made, and made again, in the background; a call that finds none waits for one until its deadline.
public final class NNGChannel: RPCChannelCaller {
    private let transport: NNGTransport
    public let channel: RPCChannel

    /// - Parameters:
    ///   - serviceName: the suite service that is called, for the sentences of errors.
    ///   - endpoints: `ipc://`, `tcp://` or `inproc://` addresses, one per replica.
    ///   - key: the key of the suite service that calls.
    ///   - callLimit: calls in flight per replica; one more gets RESOURCE_EXHAUSTED at once.
    public init(
        serviceName: String, endpoints: [String], key: ServiceKey,
        interceptors: [any RPCClientInterceptor] = [], callLimit: Int = 1_024
    ) throws(RuntimeError) {
        guard !endpoints.isEmpty else {
            throw RuntimeError(.configurationInvalid, "Give at least one endpoint of the suite service \(serviceName).")
        }
        do {
            var parsed: [Endpoint] = []
            for endpoint in endpoints { parsed.append(try Endpoint(parsing: endpoint)) }
            transport = try NNGTransport(
                serviceName: serviceName, endpoints: parsed, key: key, callLimit: callLimit)
        } catch {
            throw RuntimeError(.endpointUnavailable, "The suite service \(serviceName) cannot be dialled: \(error).")
        }
        channel = RPCChannel(transport: transport, key: key, interceptors: interceptors)
    }

    /// True while at least one replica can be reached.
    public var isConnected: Bool { transport.isConnected }

    /// Ends every call with UNAVAILABLE and frees the connections.
    public func close() async {
        await transport.close()
    }
}
