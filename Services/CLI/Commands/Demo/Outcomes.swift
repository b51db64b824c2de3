internal import Foundation
internal import RPC

/// Conversions sent through the gateway, as a bank's core system reports them.
struct Outcomes: Sendable {
    struct One: Sendable {
        var customerNumber: String
        var valueMinor: Int64?
    }

    let gateway: GatewayClient
    let eventType: String
    let occurredAt: Date
    var currency = "CNY"

    private static let batchSize = 100

    func send(_ outcomes: [One]) async throws {
        let progress = Progress(localized("outcomes", "结果回传"), total: Int64(outcomes.count))
        let moment = occurredAt.formatted(.iso8601)
        var sent = 0
        while sent < outcomes.count {
            let batch = outcomes[sent..<min(sent + Self.batchSize, outcomes.count)]
            let items = batch.map { one -> [String: Any] in
                var item: [String: Any] = [
                    "event_id": "\(eventType)-\(one.customerNumber)", "type": eventType, "occurred_at": moment,
                    "customer": ["kind": "customer_number", "value": one.customerNumber],
                ]
                if let value = one.valueMinor {
                    item["value_minor"] = value
                    item["currency"] = currency
                }
                return item
            }
            let reply = try await gateway.post(
                "/v1/outcomes", ["outcomes": items], idempotencyKey: "\(eventType)-\(moment)-\(sent)")
            let results = reply["results"] as? [[String: Any]] ?? []
            guard results.count == batch.count, !results.contains(where: { $0["status"] as? String == "refused" })
            else {
                throw RuntimeError(
                    .configurationInvalid,
                    localized("The gateway refused an outcome.", "网关拒绝了某条结果。"))
            }
            sent += batch.count
            progress.show(Int64(sent))
        }
        progress.finish(Int64(sent))
    }
}
