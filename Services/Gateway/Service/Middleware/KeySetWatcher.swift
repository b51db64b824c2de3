internal import Logging
internal import RPC
internal import ServiceLifecycle

/// Reads the key set again when its file has changed, so that keys are rotated without a restart. A file that cannot be
/// used changes nothing.
struct KeySetWatcher: Service {
    /// As the keys in use were read from it.
    let file: KeySetFile
    let authenticator: Authenticator
    let interval: Duration
    let log: Logger

    func run() async {
        var file = file
        var complaint: String?
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: interval) }
            do throws(RuntimeError) {
                guard let keys = try await file.readIfChanged() else { continue }
                authenticator.use(keys)
                log.notice(
                    "The key set was read again",
                    metadata: ["keys": "\(keys.count)", "ignored": "\(keys.ignoredCount)"])
                complaint = nil
            } catch {
                // It is tried each time, and told once.
                guard complaint != error.message else { continue }
                complaint = error.message
                log.error("The key set has changed and cannot be used", metadata: ["reason": "\(error.message)"])
            }
        }
    }
}
