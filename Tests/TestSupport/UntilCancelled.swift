/// Waits until the task is cancelled: what hangs, where a test needs something that does.
public func untilCancelled() async {
    let (never, _) = AsyncStream.makeStream(of: Void.self)
    for await _ in never {}
}
