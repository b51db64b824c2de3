internal import Foundation
internal import Synchronization

/// What is said to the person: results to standard output, all else to standard error.
final class Terminal: Sendable {
    static let shared = Terminal()

    let isInteractive = isatty(STDERR_FILENO) == 1
    private let hasOpenBar = Mutex(false)

    /// A result, which a script may read.
    func result(_ text: String) { write(Printable.text(text) + "\n", to: .standardOutput) }

    /// A line about what is going on.
    func say(_ text: String) {
        endBar()
        write(Printable.text(text) + "\n", to: .standardError)
    }

    /// The same in a colour on a terminal; elsewhere nothing is added.
    func say(_ text: String, in colour: Colour) {
        endBar()
        let shown = Printable.text(text)
        write(isInteractive ? "\u{1B}[\(colour.rawValue)m\(shown)\u{1B}[0m\n" : shown + "\n", to: .standardError)
    }

    enum Colour: Int {
        case red = 31
        case yellow = 33
        case faint = 2
    }

    /// Draws over the line of the bar; only on a terminal.
    func bar(_ text: String) {
        hasOpenBar.withLock { $0 = true }
        write("\r\u{1B}[K" + Printable.line(text), to: .standardError)
    }

    func endBar() {
        let wasOpen = hasOpenBar.withLock { open in
            defer { open = false }
            return open
        }
        if wasOpen { write("\n", to: .standardError) }
    }

    private func write(_ text: String, to handle: FileHandle) {
        try? handle.write(contentsOf: Data(text.utf8))
    }
}
