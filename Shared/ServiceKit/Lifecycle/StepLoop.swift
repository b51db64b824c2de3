internal import ServiceLifecycle

/// Works step by step whenever something may be due: when it is woken, and now and then.
public final class StepLoop: Sendable {
    private let interval: Duration
    private let looks: AsyncStream<Void>
    private let look: AsyncStream<Void>.Continuation

    /// - Parameter interval: the longest that it sleeps unwoken, for what an earlier process or another replica left.
    public init(every interval: Duration) {
        self.interval = interval
        // One is enough: whoever is woken looks at everything.
        (looks, look) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Something may be due. Never waits.
    public func wake() { look.yield() }

    /// Until a graceful shutdown or cancellation; once.
    ///
    /// - Parameters:
    ///   - step: does one piece of what is due, and says whether there may be more.
    ///   - onFailure: is told why a step failed; the next look tries again.
    public func run(
        _ step: @escaping @Sendable () async throws -> Bool, onFailure: @escaping @Sendable (any Error) -> Void
    ) async {
        look.yield()
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.tick() }
                group.addTask { await self.follow(step, onFailure) }
                await group.waitForAll()
            }
        }
    }

    private func tick() async {
        while true {
            do { try await Task.sleep(for: interval) } catch { return look.finish() }
            look.yield()
        }
    }

    private func follow(
        _ step: @Sendable () async throws -> Bool, _ onFailure: @Sendable (any Error) -> Void
    ) async {
        for await _ in looks {
            do {
                while try await step() {}
            } catch  where Task.isCancelled {
                return
            } catch {
                onFailure(error)
            }
        }
    }
}
