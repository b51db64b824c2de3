/// Names one contact: at most one ever leaves for a campaign, customer, wave and channel.
package struct DedupeKey: Sendable, Hashable, CustomStringConvertible {
    package var campaignID: Int64
    package var customerID: Int64
    package var wave: Int32
    package var channel: String

    package init(campaignID: Int64, customerID: Int64, wave: Int32, channel: String) {
        self.campaignID = campaignID
        self.customerID = customerID
        self.wave = wave
        self.channel = channel
    }

    /// What goes to the channel as Idempotency-Key.
    package var description: String { "\(campaignID).\(customerID).\(wave).\(channel)" }
}
