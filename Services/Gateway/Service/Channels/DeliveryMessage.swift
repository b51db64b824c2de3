internal import Contracts

/// The JSON that a channel gets for one contact.
enum DeliveryMessage {
    static func body(_ delivery: CampaignV1.Delivery) -> [UInt8] {
        JSONWriter.bytes { writer in
            writer.object { writer in
                writer.member("dedupe_key", delivery.dedupeKey)
                writer.key("campaign_id")
                writer.integer(delivery.campaignID)
                writer.key("customer_id")
                writer.integer(delivery.customerID)
                writer.member("customer_number", delivery.customerNumber)
                writer.member("wave", Int(delivery.wave))
                writer.member("channel", delivery.channel)
                writer.member("offer_code", delivery.offerCode)
                writer.member("title", delivery.title)
                writer.member("text", delivery.text)
            }
        }
    }

    /// A dedupe key as one segment of a path.
    static func pathSegment(_ key: String) -> String {
        var text = ""
        for byte in key.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }
}
