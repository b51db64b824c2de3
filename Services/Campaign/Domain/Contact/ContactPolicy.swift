package import Foundation

/// Caps and quiet hours of the bank, over all campaigns.
package struct ContactPolicy: Sendable, Hashable {
    package var caps: [Cap]
    package var quietHours: [QuietHours]

    /// Stands for every channel in a cap or in quiet hours.
    package static let everyChannel = "*"

    package init(caps: [Cap] = [], quietHours: [QuietHours] = []) {
        self.caps = caps
        self.quietHours = quietHours
    }

    /// How far back contacts have to be known to judge a contact through this channel.
    package func longestWindow(channel: String) -> TimeInterval {
        caps.filter { $0.concerns(channel) }.map(\.window).max() ?? 0
    }

    /// Whether no contact may leave through this channel at this minute of the day.
    package func isQuiet(channel: String, minuteOfDay: Int) -> Bool {
        quietHours.contains { $0.concerns(channel) && $0.contains(minuteOfDay: minuteOfDay) }
    }

    /// Whether no contact may leave through this channel at some moment from one on, for so many seconds.
    package func isQuiet(channel: String, from moment: Date, seconds: TimeInterval, in zone: TimeZone) -> Bool {
        let moments = Array(stride(from: 0, to: seconds, by: 60)) + [seconds]
        return moments.contains { isQuiet(channel: channel, minuteOfDay: MinuteOfDay.of(moment + $0, in: zone)) }
    }

    /// What of the contacts that are reserved waits for quiet hours to end; nil where nothing does.
    ///
    /// - Parameters:
    ///   - reserved: contacts by channel.
    ///   - leases: how long a worker of a channel has what it claims. In the last so many seconds before quiet hours
    ///     nothing is handed out any more.
    package func quietWait(
        of reserved: [String: Int64], at moment: Date, leases: [String: Duration] = [:], in zone: TimeZone
    ) -> QuietWait? {
        func lease(_ channel: String) -> TimeInterval { (leases[channel] ?? .zero) / .seconds(1) }
        let quiet = reserved.filter {
            $0.value > 0 && isQuiet(channel: $0.key, from: moment, seconds: lease($0.key), in: zone)
        }
        guard !quiet.isEmpty else { return nil }
        // Quiet hours that never end name none.
        let ends = quiet.keys.compactMap { firstOpen(channel: $0, from: moment, lease: lease($0), in: zone) }
        return QuietWait(contacts: quiet.values.reduce(0, +), until: ends.min())
    }

    /// The first full minute from a moment on at which a claim hands something out: none of the minutes of its lease is
    /// quiet. Looks at each minute once, however long the lease is.
    private func firstOpen(
        channel: String, from moment: Date, lease: TimeInterval, in zone: TimeZone
    ) -> Date? {
        let start = (moment.timeIntervalSince1970 / 60).rounded(.up) * 60
        // Beside the one in which it begins.
        let needed = Int((lease / 60).rounded(.down))
        var open = 0
        // A day and an hour: a day on which clocks are turned back is that long.
        for minute in 0...(1_500 + needed) {
            let at = Date(timeIntervalSince1970: start + Double(minute) * 60)
            guard !isQuiet(channel: channel, minuteOfDay: MinuteOfDay.of(at, in: zone)) else {
                open = 0
                continue
            }
            if open == needed { return at - Double(needed) * 60 }
            open += 1
        }
        return nil
    }

    package func check() throws(CampaignProblem) {
        guard caps.count <= 100, quietHours.count <= 100 else {
            throw CampaignProblem(.invalid, field: "policy", "Give at most 100 caps and 100 quiet hours.")
        }
        for (index, cap) in caps.enumerated() {
            let path = "policy.caps[\(index)]"
            try Self.checkChannel(cap.channel, "\(path).channel")
            guard cap.contacts >= 0 else {
                throw CampaignProblem(.invalid, field: "\(path).contacts", "Allow 0 or more contacts.")
            }
            guard cap.window > 0, cap.window <= 400 * 86_400 else {
                throw CampaignProblem(
                    .invalid, field: "\(path).window_micros", "Let the window be longer than nothing, at most 400 days."
                )
            }
        }
        for (index, quiet) in quietHours.enumerated() {
            let path = "policy.quiet_hours[\(index)]"
            try Self.checkChannel(quiet.channel, "\(path).channel")
            for (name, minute) in [("from_minute", quiet.fromMinute), ("until_minute", quiet.untilMinute)] {
                guard (0...1_440).contains(minute) else {
                    throw CampaignProblem(
                        .invalid, field: "\(path).\(name)", "Give the minute of the day, from 0 to 1440.")
                }
            }
            guard quiet.fromMinute != quiet.untilMinute else {
                throw CampaignProblem(
                    .invalid, field: "\(path).until_minute", "Quiet hours end at another minute than they begin.")
            }
        }
    }

    private static func checkChannel(_ channel: String, _ field: String) throws(CampaignProblem) {
        guard channel == everyChannel || Names.isPlain(channel) else {
            throw CampaignProblem(.invalid, field: field, "Name a channel, or * for all of them.")
        }
    }
}

/// At most so many contacts per customer in any window of this length.
package struct Cap: Sendable, Hashable {
    /// A channel, or "*" for all channels together.
    package var channel: String
    package var contacts: Int
    /// Seconds.
    package var window: TimeInterval

    package init(channel: String, contacts: Int, window: TimeInterval) {
        self.channel = channel
        self.contacts = contacts
        self.window = window
    }

    func concerns(_ channel: String) -> Bool {
        self.channel == ContactPolicy.everyChannel || self.channel == channel
    }

    /// Whether one more contact now would be one too many.
    ///
    /// A contact that is not yet out counts: it may leave at any moment from now on. So no window of this length,
    /// wherever it lies, ever holds more than `contacts`: of the contacts in it, the one decided last saw all the
    /// others, either still on their way or less than a window ago.
    func isReached(by contacts: [EarlierContact], at moment: Date) -> Bool {
        let counted = contacts.count { contact in
            guard concerns(contact.channel) else { return false }
            guard let leftAt = contact.leftAt else { return true }
            return leftAt > moment - window
        }
        return counted >= self.contacts
    }
}

/// No contact from the one minute of the day (included) until the other (excluded) in the bank's time zone.
package struct QuietHours: Sendable, Hashable {
    /// A channel, or "*".
    package var channel: String
    package var fromMinute: Int
    package var untilMinute: Int

    package init(channel: String, fromMinute: Int, untilMinute: Int) {
        self.channel = channel
        self.fromMinute = fromMinute
        self.untilMinute = untilMinute
    }

    func concerns(_ channel: String) -> Bool {
        self.channel == ContactPolicy.everyChannel || self.channel == channel
    }

    /// From 22:00 until 08:00 passes midnight: then both the evening and the morning are quiet.
    func contains(minuteOfDay: Int) -> Bool {
        if fromMinute < untilMinute { return (fromMinute..<untilMinute).contains(minuteOfDay) }
        return minuteOfDay >= fromMinute || minuteOfDay < untilMinute
    }
}

/// Contacts that are reserved and wait for quiet hours to end.
package struct QuietWait: Sendable, Hashable {
    package var contacts: Int64
    /// When the first of them may leave; nil where quiet hours never end.
    package var until: Date?

    package init(contacts: Int64, until: Date?) {
        self.contacts = contacts
        self.until = until
    }
}

/// The minute of the day, 0 to 1439, that a clock in the bank shows.
package enum MinuteOfDay {
    package static func of(_ moment: Date, in zone: TimeZone) -> Int {
        let seconds = moment.timeIntervalSince1970.rounded(.down) + Double(zone.secondsFromGMT(for: moment))
        let ofDay = seconds - (seconds / 86_400).rounded(.down) * 86_400
        return Int(ofDay) / 60
    }
}
