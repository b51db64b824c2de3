internal import Contracts
internal import Hummingbird
internal import ServiceKit

/// Deliveries and dead letters, for a person to see and to decide.
enum DeliveryRoutes {
    private static let state = Parameter<String>.oneOf(
        "state", "state of the deliveries; unknown where absent", ["unknown", "sending", "reserved", "sent", "failed"])
    private static let campaignID = Parameter<Int64>.identifier("campaign_id", in: .query, "of this campaign alone")
    private static let channel = Parameter<String>.text(
        "channel", in: .query, "through this channel alone", 1...48, .channel)
    private static let deliveryID = Parameter<Int64>.identifier("id", in: .path, "id of the delivery")
    private static let deadLetterID = Parameter<Int64>.identifier("id", in: .path, "id of the dead letter")

    static func all(_ clients: GatewayClients) -> [Route] {
        [
            .get(
                "/v1/deliveries", "listDeliveries", "Deliveries in a state, first of all those nobody knows of.",
                .handleDeliveries, parameters: [state, campaignID, channel, Parameter<String>.cursor],
                reply: DeliveryShapes.deliveries
            ) { call in
                try await clients.campaign.listDeliveries(
                    CampaignV1.ListDeliveriesRequest(
                        state: call[state] ?? "unknown", campaignID: call[campaignID] ?? 0,
                        channel: call[channel] ?? "", pageCursor: call[.cursor] ?? ""),
                    options: call.options)
            },
            decide(clients),
            .get(
                "/v1/dead-letters", "listDeadLetters", "What was given up, with its reason.", .handleDeliveries,
                parameters: [Parameter<String>.cursor], reply: DeliveryShapes.deadLetters
            ) { call in
                try await clients.campaign.listDeadLetters(
                    CampaignV1.ListDeadLettersRequest(pageCursor: call[.cursor] ?? ""), options: call.options)
            },
            .command(
                "/v1/dead-letters/{id}/redrive", "redriveDeadLetter", "Tries once more what was given up.",
                .handleDeliveries, parameters: [deadLetterID], reply: CommonShapes.done
            ) { call in
                _ = try await clients.campaign.redriveDeadLetter(
                    CampaignV1.RedriveDeadLetterRequest(deadLetterID: try call.value(of: deadLetterID)),
                    options: call.options)
            },
        ]
    }

    private static func decide(_ clients: GatewayClients) -> Route {
        .change(
            .post, "/v1/deliveries/{id}/decide", "decideDelivery",
            "Tells what became of a delivery that nobody knew of. It is never sent again.", .handleDeliveries,
            parameters: [deliveryID], body: DeliveryShapes.decision, reply: CommonShapes.itemResult
        ) { call, body in
            var report = body
            report.deliveryID = try call.value(of: deliveryID)
            let reply = try await clients.campaign.reportDeliveries(
                CampaignV1.ReportDeliveriesRequest(reports: [report]), options: call.options)
            let result = try reply.results.first.present()
            guard result.status != .refused else {
                throw Problem(
                    .conflict, result.refusal?.code ?? "stale",
                    result.refusal?.reason ?? "The delivery has moved on: list it again.")
            }
            return result
        }
    }
}
