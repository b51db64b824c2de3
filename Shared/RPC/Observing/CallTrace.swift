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

/// Puts each call served into its trace: binds the trace for the handler, and opens a span where a tracer is installed.
struct CallTrace: Sendable {
    /// Asked once: nobody installs a tracer after the service has started.
    private let hasTracer = !(InstrumentationSystem.tracer is NoOpTracer)

    /// The trace of the call that the current task serves.
    static var ambient: TraceContext? { ServiceContext.current?.traceContext }

    func run<Result>(_ context: CallContext, _ handler: () throws -> Result) rethrows -> Result {
        let service = serviceContext(context)
        guard hasTracer else { return try ServiceContext.$current.withValue(service, operation: handler) }
        return try withSpan(context.method, context: service, ofKind: .server) { span in
            do {
                return try handler()
            } catch {
                Self.mark(span, error)
                throw error
            }
        }
    }

    nonisolated(nonsending) func run<Result: Sendable>(
        _ context: CallContext, _ handler: nonisolated(nonsending) () async throws -> Result
    ) async rethrows -> Result {
        let service = serviceContext(context)
        guard hasTracer else { return try await ServiceContext.$current.withValue(service, operation: handler) }
        return try await withSpan(context.method, context: service, ofKind: .server) { span in
            do {
                return try await handler()
            } catch {
                Self.mark(span, error)
                throw error
            }
        }
    }

    private func serviceContext(_ context: CallContext) -> ServiceContext {
        var service = ServiceContext.topLevel
        service.traceContext = context.trace
        if hasTracer {
            InstrumentationSystem.instrument.extract(
                ["traceparent": context.trace.traceparent], into: &service, using: HeaderExtractor())
        }
        return service
    }

    private static func mark(_ span: any Span, _ error: any Error) {
        span.setStatus(SpanStatus(code: .error, message: FailureTranslation.code(of: error).name))
    }
}

private struct HeaderExtractor: Extractor {
    func extract(key: String, from carrier: [String: String]) -> String? {
        carrier[key]
    }
}
