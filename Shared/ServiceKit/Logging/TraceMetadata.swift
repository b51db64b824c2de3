public import Logging
internal import RPC
internal import Tracing

extension Logger.MetadataProvider {
    /// The trace id of the call that the current task serves.
    public static let trace = Logger.MetadataProvider {
        guard let trace = ServiceContext.current?.traceContext else { return [:] }
        return ["trace_id": "\(trace.traceID)"]
    }
}
