internal import Foundation
internal import RPC

/// Calls that wait out the restart of a suite service.
enum Patience {
    /// Repeats a call with one idempotency key while the answer may be different the next time.
    static func call<Reply>(
        for person: Principal, seconds: Int = 60, timeout: Duration = .seconds(60),
        _ body: (CallOptions) async throws -> Reply
    ) async throws -> Reply {
        let key = UUID().uuidString
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            do {
                return try await body(CallOptions(timeout: timeout, idempotencyKey: key, principal: person))
            } catch let error as RPCError where error.isPassing && ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(error.retryAfterMilliseconds ?? 100))
            }
        }
    }
}

extension RPCError {
    /// Whether the same call with the same key may well succeed a little later.
    var isPassing: Bool {
        switch code {
        case .unavailable, .resourceExhausted, .deadlineExceeded, .internalError: true
        // Somebody got in the way; where it does not say when to come again, the same call is answered the same.
        case .aborted: retryAfterMilliseconds != nil
        default: false
        }
    }
}
