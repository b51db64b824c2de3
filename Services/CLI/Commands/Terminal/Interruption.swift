internal import Dispatch
internal import Foundation

/// Runs the work and cancels it on Ctrl-C or SIGTERM, so that it can put away what it started.
func withInterruption(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let work = Task { try await body() }
    let sources = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { work.cancel() }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }
    do {
        try await work.value
    } catch  where work.isCancelled {
        Terminal.shared.say(localized("stopped", "已停止"))
    }
}
