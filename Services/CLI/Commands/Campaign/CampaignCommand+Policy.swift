internal import ArgumentParser
internal import Contracts

extension CampaignCommand {
    /// Caps and quiet hours of the bank.
    struct Policy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "policy",
            abstract: localized("Shows or replaces the bank's caps and quiet hours.", "查看或替换全行的触达上限与免打扰时段。"),
            discussion: localized(
                "With --cap or --quiet the whole policy is replaced by what is given.", "给出 --cap 或 --quiet 时，整个策略将被替换。"
            ))

        @Option(
            help: ArgumentHelp(
                localized(
                    "At most so many contacts in any window, as sms=3/7d or '*=5/30d'; may be repeated.",
                    "任意时间窗内的触达上限，如 sms=3/7d 或 '*=5/30d'；可重复。"),
                valueName: "cap"))
        var cap: [String] = []

        @Option(
            help: ArgumentHelp(
                localized(
                    "No contact between two times of the day, as sms=21:00-08:00 or '*=22:00-07:30'; may be repeated.",
                    "免打扰时段，如 sms=21:00-08:00 或 '*=22:00-07:30'；可重复。"),
                valueName: "hours"))
        var quiet: [String] = []

        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            var policy = CampaignV1.ContactPolicy(
                caps: try cap.map(PolicyText.cap), quietHours: try quiet.map(PolicyText.quietHours))
            let old = try await connection.call(as: CampaignRole.reader) { clients, options in
                try await clients.campaign.getContactPolicy(.init(), options: options)
            }
            guard policy != CampaignV1.ContactPolicy() else { return show(old.policy) }
            policy.version = old.policy?.version ?? 0
            let reply = try await connection.call(as: CampaignRole.checker) { [policy] clients, options in
                try await clients.campaign.putContactPolicy(.init(policy: policy), options: options)
            }
            show(reply.policy)
        }

        private func show(_ policy: CampaignV1.ContactPolicy?) {
            Terminal.shared.result(PolicyText.text(policy ?? CampaignV1.ContactPolicy()))
        }
    }
}

/// The policy as people write and read it.
enum PolicyText {
    static func cap(_ text: String) throws -> CampaignV1.Cap {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        let amount = parts.count == 2 ? parts[1].split(separator: "/", maxSplits: 1).map(String.init) : []
        guard amount.count == 2, let contacts = Int32(amount[0]), let window = SpanOfTime(amount[1]) else {
            throw ValidationError(
                localized("--cap '\(text)': write it as sms=3/7d.", "--cap '\(text)'：请写成 sms=3/7d。"))
        }
        return CampaignV1.Cap(channel: parts[0], contacts: contacts, windowMicros: window.microseconds)
    }

    static func quietHours(_ text: String) throws -> CampaignV1.QuietHours {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        let times = parts.count == 2 ? parts[1].split(separator: "-").map { minute(String($0)) } : []
        guard times.count == 2, let from = times[0], let until = times[1] else {
            throw ValidationError(
                localized(
                    "--quiet '\(text)': write it as sms=21:00-08:00.", "--quiet '\(text)'：请写成 sms=21:00-08:00。"))
        }
        return CampaignV1.QuietHours(channel: parts[0], fromMinute: from, untilMinute: until)
    }

    private static func minute(_ text: String) -> Int32? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].count == 2, let hour = Int32(parts[0]), let minute = Int32(parts[1]),
            (0...24).contains(hour), (0..<60).contains(minute), hour * 60 + minute <= 1_440
        else { return nil }
        return hour * 60 + minute
    }

    private static func time(_ minute: Int32) -> String {
        let (hour, rest) = minute.quotientAndRemainder(dividingBy: 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
    }

    static func text(_ policy: CampaignV1.ContactPolicy) -> String {
        var table = Table(
            [
                localized("policy, version \(policy.version)", "策略，版本 \(policy.version)"), localized("channel", "渠道"),
                "",
            ],
            columnsOfText: [0, 1, 2])
        for cap in policy.caps {
            let window = SpanOfTime(microseconds: cap.windowMicros).text
            table.add([localized("cap", "上限"), cap.channel, "\(cap.contacts)/\(window)"])
        }
        for hours in policy.quietHours {
            table.add([
                localized("quiet hours", "免打扰"), hours.channel,
                "\(time(hours.fromMinute))-\(time(hours.untilMinute))",
            ])
        }
        return table.isEmpty ? localized("no caps and no quiet hours", "没有上限与免打扰时段") : table.text
    }
}
