internal import Foundation

/// One post to the simulated channel, for whoever watches.
public struct ChannelArrival: Sendable, Hashable {
    /// What became of it.
    public enum Fate: String, Sendable, Hashable, CaseIterable {
        case taken
        /// Taken though its key was known: the customer reads it twice.
        case takenAgain = "taken again"
        /// Its key was known, and the channel deduplicates.
        case repeated
        case droppedBefore = "dropped before"
        /// Taken, but without an answer.
        case droppedAfter = "dropped after"
        case tooMany = "too many"
        case unavailable
        /// Signature, time or key are missing or wrong.
        case forged
    }

    public var fate: Fate
    /// Empty where the post has none.
    public var dedupeKey: String
    public var customerNumber: String
    public var campaignID: Int64
    public var wave: Int32
    public var title: String

    private struct Message: Decodable {
        var customerNumber: String?
        var campaignID: Int64?
        var wave: Int32?
        var title: String?

        enum CodingKeys: String, CodingKey {
            case customerNumber = "customer_number"
            case campaignID = "campaign_id"
            case wave
            case title
        }
    }

    /// - Parameter body: a message as the gateway sends it; what cannot be read stays empty.
    init(_ fate: Fate, dedupeKey: String, body: [UInt8]) {
        let message = try? JSONDecoder().decode(Message.self, from: Data(body))
        self.fate = fate
        self.dedupeKey = dedupeKey
        customerNumber = message?.customerNumber ?? ""
        campaignID = message?.campaignID ?? 0
        wave = message?.wave ?? 0
        title = message?.title ?? ""
    }
}
