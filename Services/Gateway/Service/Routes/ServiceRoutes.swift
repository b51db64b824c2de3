internal import Hummingbird
internal import ServiceKit

/// What the gateway says about itself.
enum ServiceRoutes {
    static func operations(readiness: Readiness, others: Readiness, metrics: MetricsRegistry) -> [Route] {
        [
            Route(
                method: .get, path: PathTemplate("/healthz"), operation: "health",
                summary:
                    "Whether the gateway takes work, which needs profile, and what else is missing; 503 where it does not.",
                access: .open,
                parameters: [], body: nil, reply: .json(health.schema)
            ) { _ in
                let reasons = await readiness.reasons()
                let missing = Set(reasons.keys).union(await others.reasons().keys).sorted()
                guard reasons.isEmpty else {
                    throw Problem(
                        .serviceUnavailable, "not_ready", "Not ready: \(missing.joined(separator: ", ")).")
                }
                return health.bytes(of: Health(missing: missing))
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

    private struct Health: Sendable {
        var status = "ok"
        /// Suite services without which a part of the work is refused.
        var missing: [String] = []
    }

    private static let health = JSONShape<Health>.object(
        "Health", Health(),
        [
            .required("status", \.status, .oneOf(["ok"])),
            .omittable("missing", \.missing, JSONShape<String>.text().array(), absent: []),
        ])
}
