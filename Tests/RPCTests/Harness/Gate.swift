import Synchronization

/// A door that handlers wait at until a test opens it, and that says how many wait.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var arrived = 0
    }

    private let state = Mutex(State())

    /// How many came to the gate so far.
    var arrivedCount: Int { state.withLock { $0.arrived } }

    /// Waits until the gate is open; cancelling does not open it.
    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                state.arrived += 1
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// Something that handlers write down and tests read.
final class Notes<Note: Sendable>: Sendable {
    private let notes = Mutex<[Note]>([])

    var all: [Note] { notes.withLock { $0 } }

    func add(_ note: Note) {
        notes.withLock { $0.append(note) }
    }

    func removeAll() {
        notes.withLock { $0 = [] }
    }
}
