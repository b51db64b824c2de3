/// A condition that did not come true within its bound.
public struct NeverHappened: Error, CustomStringConvertible {
    public let description: String
}

/// Waits until a condition holds, looking again every few milliseconds, for what gives no event to wait on.
///
/// - Parameter bound: generous, as it only ends tests that fail.
/// - Throws: `NeverHappened` when the bound is over; what the condition throws at that moment, if it throws.
public func eventually(
    _ what: String = "the condition",
    within bound: Duration = .seconds(20),
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + bound
    while true {
        do {
            if try await condition() { return }
        } catch  where ContinuousClock.now < end {}
        if ContinuousClock.now >= end { throw NeverHappened(description: "\(what) did not come true within \(bound)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
