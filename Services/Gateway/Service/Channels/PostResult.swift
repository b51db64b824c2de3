/// What is known of one post to a channel.
enum PostResult: Sendable, Equatable {
    /// The channel answered with this status, and asked to wait so long.
    case answered(status: Int, retryAfterMilliseconds: Int?)
    /// Nothing of the message left: there was no connection.
    case notConnected
    /// The message left at least in part, and no answer came.
    case noAnswer
}

/// What follows from it.
enum PostVerdict: Sendable, Equatable {
    case sent
    /// It may be posted again after the wait: the channel surely did not take it or, in doubt, takes it only once.
    case postAgain(reason: String, afterMilliseconds: Int, isInDoubt: Bool = false)
    /// The channel refused it for good, or refuses all that we send: a wrong secret or address.
    case refused(reason: String, isOfUs: Bool = false)
    /// Nobody knows.
    case unknown(reason: String)

    private static let refusalsOfUs: Set<Int> = [401, 403, 404, 405]

    /// The rule of posting again: only where the channel surely did not take the message, or deduplicates.
    init(_ result: PostResult, deduplicates: Bool, attempt: Int) {
        let backoff = min(60_000, 1_000 << min(max(attempt - 1, 0), 6))
        switch result {
        case .answered(let status, _) where (200..<300).contains(status): self = .sent
        case .answered(let status, let retryAfterMilliseconds) where status == 429 || status == 503:
            self = .postAgain(reason: "http_\(status)", afterMilliseconds: retryAfterMilliseconds ?? backoff)
        case .notConnected: self = .postAgain(reason: "no_connection", afterMilliseconds: backoff)
        // 408 and 425 say that the channel did not understand in time; it may have taken it all the same.
        case .answered(let status, _) where (400..<500).contains(status) && status != 408 && status != 425:
            self = .refused(reason: "http_\(status)", isOfUs: Self.refusalsOfUs.contains(status))
        case .answered(let status, _):
            self = Self.doubtful("http_\(status)", deduplicates, backoff)
        case .noAnswer: self = Self.doubtful("no_answer", deduplicates, backoff)
        }
    }

    private static func doubtful(_ reason: String, _ deduplicates: Bool, _ backoff: Int) -> PostVerdict {
        deduplicates
            ? .postAgain(reason: reason, afterMilliseconds: backoff, isInDoubt: true) : .unknown(reason: reason)
    }
}
