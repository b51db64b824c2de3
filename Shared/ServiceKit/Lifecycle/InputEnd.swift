internal import Foundation
internal import Logging
internal import ServiceLifecycle

/// Stops the process in order when its standard input ends: whoever started it holds the other end and is gone, or
/// wants it to stop. Unlike a signal that cannot be missed while the process is still starting.
struct InputEnd: Service {
    let logger: Logger

    func run() async throws {
        let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
        // A thread that waits, and not a dispatch source: one that is cancelled while its pipe hangs up can crash
        // libdispatch. It ends with its input or with the process.
        Thread.detachNewThread {
            // What is written to us means nothing; only the end counts, and it reads as no bytes.
            while !FileHandle.standardInput.availableData.isEmpty {}
            continuation.finish()
        }
        await withGracefulShutdownHandler {
            for await _ in ended {}
        } onGracefulShutdown: {
            continuation.finish()
        }
        if !Task.isShuttingDownGracefully { logger.info("the input has ended: stopping") }
    }
}
