public import Tracing

extension ServiceContext {
    private enum TraceContextKey: ServiceContextKey {
        typealias Value = TraceContext
        static var nameOverride: String? { "traceparent" }
    }

    /// The place in a distributed trace at which this task works; loggers show its trace id, and calls without a trace
    /// of their own continue it.
    public var traceContext: TraceContext? {
        get { self[TraceContextKey.self] }
        set { self[TraceContextKey.self] = newValue }
    }
}

/// The trace of the call that the current task serves.
func ambientTrace() -> TraceContext? {
    ServiceContext.current?.traceContext
}

/// Puts each call served into its trace: binds the trace for the handler, and opens a span where a tracer is installed.
public struct ServerTraceInterceptor: RPCServerInterceptor {
    /// Asked once: nobody installs a tracer after the service has started.
    private let hasTracer: Bool

    public init() {
        hasTracer = !(InstrumentationSystem.tracer is NoOpTracer)
    }

    public func intercept(
        _ context: CallContext, _ next: @Sendable (CallContext) async throws -> PackedReply
    ) async throws -> PackedReply {
        var service = ServiceContext.topLevel
        service.traceContext = context.trace
        guard hasTracer else {
            return try await ServiceContext.$current.withValue(service) { try await next(context) }
        }
        InstrumentationSystem.instrument.extract(
            ["traceparent": context.trace.traceparent], into: &service, using: HeaderExtractor())
        return try await withSpan(context.method, context: service, ofKind: .server) { span in
            span.attributes["rpc.system"] = "zhike"
            do {
                return try await next(context)
            } catch {
                span.setStatus(SpanStatus(code: .error, message: FailureTranslation.code(of: error).name))
                throw error
            }
        }
    }
}

private struct HeaderExtractor: Extractor {
    func extract(key: String, from carrier: [String: String]) -> String? {
        carrier[key]
    }
}
