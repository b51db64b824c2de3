internal import Logging
internal import NNG
internal import RPC
internal import ServiceLifecycle

extension NNGServer {
    /// Looks for handlers past their deadline so often.
    private static let expiryInterval = Duration.milliseconds(50)
    /// A context that fails so often in a row, without a message in between, will not recover.
    private static let failureLimit = 5

    /// Runs every lane until the service stops.
    func serve(_ lanes: Lanes) async -> Result<Void, any Error> {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in lanes.all {
                    // Inline: a lane continues on NNG's thread, and only handlers that wait are sent elsewhere.
                    group.addTask(executorPreference: InlineExecutor.shared) { try await self.serve(lane) }
                }
                group.addTask { await self.watch(lanes) }
                try await group.waitForAll()
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    /// Receives a call, answers it, and so on until the socket stops.
    private func serve(_ lane: Lane) async throws {
        var failures = 0
        while true {
            do throws(NNGError) {
                var message = try await lane.context.receive()
                while true {
                    failures = 0
                    guard let reply = await answer(message.copyBytes(), lane.slot) else { return }
                    message = try await lane.context.replyThenReceive(Message(copying: reply))
                }
            } catch {
                guard error.code != .closed, error.code != .canceled else { return }
                failures += 1
                guard failures < Self.failureLimit else {
                    throw RuntimeError(.internalError, "The server cannot receive calls any more: \(error).")
                }
                logger.warning("A call was lost between two requests", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// The reply to a message; nil when the service stops without one.
    private func answer(_ frame: [UInt8], _ slot: CallSlot) async -> [UInt8]? {
        switch dispatcher.receive(frame) {
        case .reply(let bytes): bytes
        case .run(let call) where call.placement == .inline: await call.run()
        case .run(let call): await slot.run(call)
        }
    }

    /// Cancels handlers whose deadline passed, until the service is told to stop; then stops it.
    private func watch(_ lanes: Lanes) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while (try? await Task.sleep(for: Self.expiryInterval)) != nil {
                    let now = ContinuousClock.now
                    for lane in lanes.all { lane.slot.cancel(ifExpiredAt: now) }
                }
            }
            // Returns when the service group says so and throws when the task is cancelled: both mean stop.
            try? await gracefulShutdown()
            await drain(lanes)
            group.cancelAll()
        }
    }

    /// Lets running calls end within their bound, then cancels them, then gives them up.
    private func drain(_ lanes: Lanes) async {
        dispatcher.beginDraining()
        if await !dispatcher.waitUntilDrained(within: configuration.drainTimeout) {
            logger.warning("Calls are cancelled: the service stops", metadata: ["count": "\(dispatcher.runningCount)"])
            for lane in lanes.all { lane.slot.cancel() }
            if await !dispatcher.waitUntilDrained(within: configuration.cancelTimeout) {
                for lane in lanes.all { lane.slot.abandon() }
            }
        }
        // Replies under way are still sent; then each lane ends.
        lanes.socket.stopReceiving()
    }
}
