internal import Foundation
internal import Logging
internal import RPC
internal import ServiceLifecycle

/// Reads the key set again when its file has changed, so that keys are rotated without a restart. A file that cannot be
/// used changes nothing.
struct KeySetWatcher: Service {
    let path: String
    let authenticator: Authenticator
    let interval: Duration
    let log: Logger

    func run() async {
        var known = stamp
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: interval) }
            let now = stamp
            guard now != known else { continue }
            known = now
            do throws(RuntimeError) {
                authenticator.use(try await KeySet(contentsOfFile: path))
                log.notice("The key set was read again")
            } catch {
                log.error("The key set has changed and cannot be used", metadata: ["reason": "\(error.message)"])
            }
        }
    }

    /// Changes with the file.
    private var stamp: [String] {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return [FileAttributeKey.modificationDate, .size, .systemFileNumber].map { "\(attributes?[$0] ?? "")" }
    }
}
