/// How the simulated channel misbehaves. Shares are of all posts, from 0 to 1, drawn in this order.
public struct ChannelBehaviour: Sendable, Equatable, Codable {
    /// Share that is cut off before the message is taken.
    public var dropBefore: Double
    /// Share that is taken, and then cut off without an answer.
    public var dropAfter: Double
    /// Share that is taken, and whose answer then stands still behind its headers.
    public var stall: Double
    /// Share that is answered with 429 and not taken.
    public var tooMany: Double
    /// Share that is answered with 503 and not taken.
    public var unavailable: Double
    /// Wait before a message is taken.
    public var delayMilliseconds: Int
    /// Takes a message of a known key only once, however often it is posted.
    public var deduplicates: Bool
    /// Sent as Retry-After with 429 and 503.
    public var retryAfterSeconds: Int

    public init(
        dropBefore: Double = 0, dropAfter: Double = 0, stall: Double = 0, tooMany: Double = 0,
        unavailable: Double = 0, delayMilliseconds: Int = 0, deduplicates: Bool = false, retryAfterSeconds: Int = 1
    ) {
        self.dropBefore = dropBefore
        self.dropAfter = dropAfter
        self.stall = stall
        self.tooMany = tooMany
        self.unavailable = unavailable
        self.delayMilliseconds = delayMilliseconds
        self.deduplicates = deduplicates
        self.retryAfterSeconds = retryAfterSeconds
    }

    enum CodingKeys: String, CodingKey {
        case dropBefore = "drop_before"
        case dropAfter = "drop_after"
        case stall
        case tooMany = "too_many"
        case unavailable
        case delayMilliseconds = "delay_milliseconds"
        case deduplicates
        case retryAfterSeconds = "retry_after_seconds"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            dropBefore: try values.decodeIfPresent(Double.self, forKey: .dropBefore) ?? 0,
            dropAfter: try values.decodeIfPresent(Double.self, forKey: .dropAfter) ?? 0,
            stall: try values.decodeIfPresent(Double.self, forKey: .stall) ?? 0,
            tooMany: try values.decodeIfPresent(Double.self, forKey: .tooMany) ?? 0,
            unavailable: try values.decodeIfPresent(Double.self, forKey: .unavailable) ?? 0,
            delayMilliseconds: try values.decodeIfPresent(Int.self, forKey: .delayMilliseconds) ?? 0,
            deduplicates: try values.decodeIfPresent(Bool.self, forKey: .deduplicates) ?? false,
            retryAfterSeconds: try values.decodeIfPresent(Int.self, forKey: .retryAfterSeconds) ?? 1)
    }

    /// What happens to one post.
    enum Fate: Equatable {
        case dropBefore
        case dropAfter
        case stall
        case tooMany
        case unavailable
        case take
    }

    func fate(using generator: inout some RandomNumberGenerator) -> Fate {
        var drawn = Double.random(in: 0..<1, using: &generator)
        for (share, fate) in [
            (dropBefore, Fate.dropBefore), (dropAfter, .dropAfter), (stall, .stall), (tooMany, .tooMany),
            (unavailable, .unavailable),
        ] {
            if drawn < share { return fate }
            drawn -= share
        }
        return .take
    }
}
