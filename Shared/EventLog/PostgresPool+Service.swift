public import Postgres
public import ServiceLifecycle

/// First in its group, so that it is the last to end: it closes when everything above it has stopped.
extension PostgresPool: Service {
    public func run() async throws {
        try? await gracefulShutdown()
        await close()
    }
}
