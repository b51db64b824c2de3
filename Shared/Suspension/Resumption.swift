/// A task that waits, to be resumed exactly once, by whoever holds this and has a state of its own that says so.
///
/// A checked continuation makes an object for each wait and keeps a second account of whether it was resumed: for a call
/// that travels with thirty others this is a tenth of a microsecond too much.
public struct Resumption: Sendable {
    private let continuation: UnsafeContinuation<Void, Never>

    fileprivate init(_ continuation: UnsafeContinuation<Void, Never>) {
        self.continuation = continuation
    }

    /// Waits until the resumption that `body` was given is called.
    ///
    /// `withUnsafeContinuation` makes sure of the executor before it waits, and this function once more afterwards; in a
    /// task that prefers an executor either is a search behind a lock, and a call that travels with thirty others feels
    /// it (1.05 times as many calls/s without the first). The form of the standard library that is used instead takes
    /// the caller's executor as it is, and is there for what was compiled before `isolation:` parameters; that a task
    /// goes on where it belongs is a test (`IsolationTests`).
    public static nonisolated(nonsending) func wait(_ body: (Resumption) -> Void) async {
        await _unsafeInheritExecutor_withUnsafeContinuation { body(Resumption($0)) }
    }

    /// Exactly once, and never under a lock: the task may go on here and now.
    public func callAsFunction() {
        continuation.resume()
    }
}
