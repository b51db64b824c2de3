internal import RPC
internal import Testing

/// The error that a call ends with; a call that succeeds is an issue of the test.
func refusal<Reply>(
    of call: () async throws -> Reply, sourceLocation: SourceLocation = #_sourceLocation
) async -> RPCError? {
    do {
        _ = try await call()
        Issue.record("the call was not refused", sourceLocation: sourceLocation)
        return nil
    } catch let error as RPCError {
        return error
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
        return nil
    }
}
