internal import Synchronization

/// Progress of one long piece of work: a bar on a terminal, a line at every tenth elsewhere; where nobody knows the
/// whole, a count every second on a terminal and every two elsewhere.
final class Progress: Sendable {
    private struct State {
        var lastPercent = -1
        var lastShown: ContinuousClock.Instant?
        var began = ContinuousClock.now
    }

    private let title: String
    private let total: Int64?
    private let state = Mutex(State())

    /// - Parameter total: nil where nobody knows it.
    init(_ title: String, total: Int64?) {
        self.title = title
        self.total = total.map { max(1, $0) }
    }

    func show(_ done: Int64) {
        guard let total else { return count(done) }
        let percent = Int(100 * min(done, total) / total)
        let terminal = Terminal.shared
        let isDue = state.withLock { state in
            let step = terminal.isInteractive ? 1 : 10
            guard percent / step != state.lastPercent / step || state.lastPercent < 0 else { return false }
            state.lastPercent = percent
            return true
        }
        guard isDue else { return }
        if terminal.isInteractive {
            let filled = percent * 30 / 100
            let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: 30 - filled)
            terminal.bar("\(title) \(bar) \(percent) %  \(done)/\(total)")
        } else {
            terminal.say("\(title) \(percent) %  \(done)/\(total)")
        }
    }

    private func count(_ done: Int64) {
        let terminal = Terminal.shared
        let isDue = state.withLock { state in
            let now = ContinuousClock.now
            let pause: Duration = terminal.isInteractive ? .seconds(1) : .seconds(2)
            guard now - (state.lastShown ?? state.began) >= pause else { return false }
            state.lastShown = now
            return true
        }
        guard isDue else { return }
        terminal.isInteractive ? terminal.bar("\(title)  \(done)") : terminal.say("\(title)  \(done)")
    }

    /// Shows the end and how long it took.
    func finish(_ done: Int64) {
        let seconds = state.withLock { ContinuousClock.now - $0.began }.components.seconds
        if Terminal.shared.isInteractive, let total { show(total) }
        Terminal.shared.say(
            localized("\(title): \(done) done in \(seconds) s", "\(title)：完成 \(done)，用时 \(seconds) 秒"))
    }
}
