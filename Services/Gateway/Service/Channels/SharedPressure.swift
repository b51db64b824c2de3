internal import ServiceLifecycle
internal import Synchronization

/// The pressure that the posts of one channel share, with the waiting that it asks for.
final class SharedPressure: Sendable {
    private let pressure = Mutex(ChannelPressure())
    /// One for each change that may end a wait.
    private let changes = Permits(0)

    func note(_ verdict: PostVerdict, isProbe: Bool) {
        change { $0.note(verdict, isProbe: isProbe, at: .now) }
    }

    func probe() {
        change { $0.probe() }
    }

    func leaveOff() {
        change { $0.leaveOff() }
    }

    /// Waits until the channel may be posted to, at the longest until a graceful shutdown begins; nil then.
    ///
    /// A message that is taken ends the wait at once.
    func turn(upTo most: Int) async -> (limit: Int, isProbe: Bool)? {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            switch turnNow(upTo: most) {
            case .claim(let limit, let isProbe): return (limit, isProbe)
            case .rest(let instant): await waitForChange(until: instant)
            case .awaitProbe: await waitForChange(until: nil)
            }
        }
        return nil
    }

    private func turnNow(upTo most: Int) -> ChannelPressure.Turn {
        pressure.withLock { $0.turn(upTo: most, at: .now) }
    }

    private func change(_ body: (inout ChannelPressure) -> Void) {
        let isOther = pressure.withLock { pressure in
            let before = pressure.turn(upTo: 1, at: .now)
            body(&pressure)
            return pressure.turn(upTo: 1, at: .now) != before
        }
        if isOther { changes.giveBack() }
    }

    private func waitForChange(until instant: ContinuousClock.Instant?) async {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await self.changes.take(upTo: .max) }
                if let instant {
                    group.addTask { try? await Task.sleep(until: instant, clock: .continuous) }
                }
                await group.next()
                group.cancelAll()
            }
        }
    }
}
