import RPC
import Testing

/// The error of a call that must fail.
func failure<Reply>(
    _ sourceLocation: SourceLocation = #_sourceLocation, of call: () async throws(RPCError) -> Reply
) async throws -> RPCError {
    do throws(RPCError) {
        _ = try await call()
    } catch {
        return error
    }
    Issue.record("the call succeeded", sourceLocation: sourceLocation)
    throw RPCError(.ok, "the call succeeded")
}
