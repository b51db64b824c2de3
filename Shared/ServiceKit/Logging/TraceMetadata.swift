public import Logging
internal import RPC

extension Logger.MetadataProvider {
    /// The trace id of the call that the current task serves.
    public static let trace = Logger.MetadataProvider {
        guard let trace = TraceContext.current else { return [:] }
        return ["trace_id": "\(trace.traceID)"]
    }
}
