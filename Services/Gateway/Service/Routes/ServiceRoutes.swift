internal import Hummingbird
internal import ServiceKit

/// What the gateway says about itself.
enum ServiceRoutes {
    static func operations(readiness: Readiness, metrics: MetricsRegistry) -> [Route] {
        [
            Route(
                method: .get, path: PathTemplate("/healthz"), operation: "health",
                summary: "Whether the gateway takes work; 503 with the names of what is missing.", access: .open,
                parameters: [], body: nil, reply: .json(health.schema)
            ) { _ in
                let reasons = await readiness.reasons()
                guard reasons.isEmpty else {
                    throw Problem(
                        .serviceUnavailable, "not_ready",
                        "Not ready: \(reasons.keys.sorted().joined(separator: ", ")).")
                }
                return health.bytes(of: "ok")
            },
            Route(
                method: .get, path: PathTemplate("/metrics"), operation: "metrics",
                summary: "Counts and times in the Prometheus text format.", access: .open, parameters: [], body: nil,
                reply: Route.Reply(status: .ok, contentType: "text/plain; version=0.0.4", schema: nil)
            ) { _ in Array(metrics.prometheusText().utf8) },
        ]
    }

    /// The published document, which names itself too.
    static func document(of routes: [Route]) -> Route {
        func route(_ bytes: [UInt8]) -> Route {
            Route(
                method: .get, path: PathTemplate("/openapi.json"), operation: "openapi",
                summary: "This document.", access: .open, parameters: [], body: nil, reply: .json(.freeObject)
            ) { _ in bytes }
        }
        return route(OpenAPIDocument(routes: routes + [route([])]).bytes())
    }

    private static let health = JSONShape<String>.object(
        "Health", "", [.required("status", \.self, .oneOf(["ok"]))])
}
