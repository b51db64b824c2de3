import Logging
import ServiceLifecycle

/// Runs something as SIGTERM would find it, and stops it as SIGTERM would.
struct StoppableGroup {
    private struct Member: Service {
        let body: @Sendable () async throws -> Void
        func run() async throws { try await body() }
    }

    private let group: ServiceGroup

    init(_ body: @escaping @Sendable () async throws -> Void) {
        group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: Member(body: body), successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .cancelGroup)
                ], logger: Logger(label: "test")))
    }

    func run() async throws { try await group.run() }

    func stop() async { await group.triggerGracefulShutdown() }
}
