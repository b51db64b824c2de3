internal import Logging
internal import NNG
internal import RPC
internal import ServiceLifecycle

/// A socket and the lanes that serve it.
struct ServerLanes: Sendable {
    let socket: ReplySocket
    let all: [ServerLane]
    let endings: LaneEndings
}

extension NNGServer {
    /// Looks for handlers past their deadline so often.
    private static let expiryInterval = Duration.milliseconds(50)

    /// How long the last replies may take to reach their peers.
    private static let lastRepliesBound = Duration.milliseconds(200)

    func openLanes(_ socket: ReplySocket) throws(RuntimeError) -> ServerLanes {
        let count = configuration.calls.runningCallLimit + configuration.spareContextCount
        let endings = LaneEndings(laneCount: count)
        var lanes: [ServerLane] = []
        do {
            for _ in 0..<count {
                lanes.append(
                    ServerLane(try socket.openContext(), dispatcher: dispatcher, logger: logger) { endings.note($0) })
            }
        } catch {
            throw RuntimeError(.endpointUnavailable, "The server cannot open its contexts: \(error).")
        }
        return ServerLanes(socket: socket, all: lanes, endings: endings)
    }

    /// Runs every lane until the service stops, or one fails.
    func serve(_ lanes: ServerLanes) async {
        for lane in lanes.all { lane.start() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while (try? await Task.sleep(for: Self.expiryInterval)) != nil {
                    let now = CallInstant.now
                    for lane in lanes.all { lane.cancel(ifExpiredAt: now) }
                }
            }
            group.addTask {
                // Returns when the service group says so and throws when the task is cancelled: both mean stop.
                try? await gracefulShutdown()
                await self.drain(lanes)
            }
            await lanes.endings.wait()
            group.cancelAll()
        }
    }

    /// A reply counts as sent when NNG has taken it, and closing the socket cuts off what of it is still on its way. Where
    /// nobody is connected, or the task is cancelled, nothing is waited for.
    func letRepliesLeave(_ socket: ReplySocket) async {
        let end = ContinuousClock.now + Self.lastRepliesBound
        while socket.connectionCount > 0, ContinuousClock.now < end {
            guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return }
        }
    }

    /// Lets running calls end within their bound, then cancels them, then gives them up.
    private func drain(_ lanes: ServerLanes) async {
        dispatcher.beginDraining()
        if await !dispatcher.waitUntilDrained(within: configuration.drainTimeout) {
            logger.warning("Calls are cancelled: the service stops", metadata: ["count": "\(dispatcher.runningCount)"])
            for lane in lanes.all { lane.cancel() }
            if await !dispatcher.waitUntilDrained(within: configuration.cancelTimeout) {
                for lane in lanes.all { lane.abandon() }
            }
        }
        // Replies under way are still sent; then each lane ends.
        lanes.socket.stopReceiving()
    }
}
