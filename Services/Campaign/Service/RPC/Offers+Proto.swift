internal import CampaignDomain
internal import Contracts

extension Product {
    init(_ message: CampaignV1.Product) {
        self.init(code: message.code, name: message.name, productClass: message.class)
    }
}

extension Offer {
    init(_ message: CampaignV1.Offer) {
        self.init(code: message.code, productCode: message.productCode, title: message.title, text: message.text)
    }
}

extension CampaignV1.Offer {
    init(_ offer: Offer) {
        self.init(code: offer.code, productCode: offer.productCode, title: offer.title, text: offer.text)
    }
}

extension ContactPolicy {
    init(_ message: CampaignV1.ContactPolicy) {
        self.init(
            caps: message.caps.map {
                Cap(channel: $0.channel, contacts: Int($0.contacts), window: Double($0.windowMicros) / 1_000_000)
            },
            quietHours: message.quietHours.map {
                QuietHours(
                    channel: $0.channel, fromMinute: Int($0.fromMinute), untilMinute: Int($0.untilMinute))
            })
    }
}

extension CampaignV1.ContactPolicy {
    init(_ policy: ContactPolicy, version: Int64) {
        self.init(
            caps: policy.caps.map {
                CampaignV1.Cap(
                    channel: $0.channel, contacts: Int32(clamping: $0.contacts),
                    windowMicros: Int64(($0.window * 1_000_000).rounded()))
            },
            quietHours: policy.quietHours.map {
                CampaignV1.QuietHours(
                    channel: $0.channel, fromMinute: Int32(clamping: $0.fromMinute),
                    untilMinute: Int32(clamping: $0.untilMinute))
            }, version: version)
    }
}
