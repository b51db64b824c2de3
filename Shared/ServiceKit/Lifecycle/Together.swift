public import ServiceLifecycle

/// Services that are told to stop at the same moment. Those of a group are told one after another, each when the one before
/// has ended.
public struct Together: Service {
    private let services: [any Service]

    public init(_ services: [any Service]) { self.services = services }

    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service.run() } }
            // The first that ends before the stop, or fails, ends the others, as in a group of its own.
            try await group.next()
            if !Task.isShuttingDownGracefully { group.cancelAll() }
            try await group.waitForAll()
        }
    }
}
