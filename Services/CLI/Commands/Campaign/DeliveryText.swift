internal import Contracts

/// Deliveries and dead letters for people. Customers stand in them by number alone.
enum DeliveryText {
    static func deliveries(_ deliveries: [CampaignV1.Delivery]) -> String {
        var table = Table(
            [
                localized("delivery", "投递"), localized("state", "状态"), localized("campaign", "活动"),
                localized("wave", "波次"), localized("channel", "渠道"), localized("customer", "客户"),
                localized("attempt", "次数"), localized("since", "时间"),
            ], columnsOfText: [1, 4, 5, 7])
        for one in deliveries {
            table.add([
                "\(one.deliveryID)", state(one.state), "\(one.campaignID)", "\(one.wave)", one.channel,
                one.customerNumber, "\(one.attempt)", Moment.text(microseconds: one.changedAtMicros),
            ])
        }
        return table.isEmpty ? localized("no such deliveries", "没有这样的投递") : table.text
    }

    private static func state(_ state: String) -> String {
        switch state {
        case "reserved": localized("reserved", "待发")
        case "sending": localized("sending", "发送中")
        case "sent": localized("sent", "已送达渠道")
        case "unknown": localized("unknown", "未知")
        case "failed": localized("failed", "失败")
        default: state
        }
    }

    static func deadLetters(_ letters: [CampaignV1.DeadLetter]) -> String {
        var table = Table(
            [
                localized("dead letter", "搁置项"), localized("kind", "种类"), localized("reason", "原因"),
                localized("attempts", "次数"), localized("since", "时间"), localized("driven again", "已重新处理"),
            ], columnsOfText: [1, 2, 4, 5])
        for one in letters {
            table.add([
                "\(one.deadLetterID)", one.kind, one.reason, "\(one.attempts)",
                Moment.text(microseconds: one.createdAtMicros),
                one.redriven ? localized("yes", "是") : localized("no", "否"),
            ])
        }
        return table.isEmpty ? localized("no dead letters", "没有搁置项") : table.text
    }
}
