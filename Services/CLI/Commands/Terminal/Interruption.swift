internal import Dispatch
internal import Foundation
internal import Synchronization

/// They live as long as the process: cancelling one while its signal arrives can crash libdispatch.
private let signalSources = Mutex<[any DispatchSourceSignal]>([])

/// Runs the work and cancels it on Ctrl-C or SIGTERM, so that it can put away what it started. Once in a process.
func withInterruption(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let work = Task { try await body() }
    for number in [SIGINT, SIGTERM] {
        signal(number, SIG_IGN)
        signalSources.withLock { sources in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { work.cancel() }
            source.resume()
            sources.append(source)
        }
    }
    do {
        try await work.value
    } catch  where work.isCancelled {
        Terminal.shared.say(localized("stopped", "已停止"))
    }
}
