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
    public static nonisolated(nonsending) func wait(_ body: (Resumption) -> Void) async {
        await withUnsafeContinuation { body(Resumption($0)) }
    }

    /// Exactly once, and never under a lock: the task may go on here and now.
    public func callAsFunction() {
        continuation.resume()
    }
}
