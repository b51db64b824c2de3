internal import Contracts
internal import Hummingbird
internal import ServiceKit

/// Events and outcomes come in.
enum EventRoutes {
    static let batchLimit = 1_000

    static func all(_ clients: GatewayClients) -> [Route] {
        [track(clients), outcomes(clients)]
    }

    private static func track(_ clients: GatewayClients) -> Route {
        .change(
            .post, "/v1/track", "track",
            "Stores behaviour events: one, or a batch that is answered item by item. Accepted is durable.",
            .writeEvents, body: EventShapes.event.batch("events", named: "EventBatch", limit: batchLimit),
            reply: BatchReply.shape
        ) { call, batch in
            try await store(batch, batch.items, list: "events", call, clients)
        }
    }

    private static func outcomes(_ clients: GatewayClients) -> Route {
        .change(
            .post, "/v1/outcomes", "recordOutcomes",
            "Stores conversions: events whose value goes into the properties value_minor and currency.",
            .writeEvents, body: EventShapes.outcome.batch("outcomes", named: "OutcomeBatch", limit: batchLimit),
            reply: BatchReply.shape
        ) { call, batch in
            try await store(batch, batch.items.map(\.tracked), list: "outcomes", call, clients)
        }
    }

    private static func store<Item>(
        _ batch: Batch<Item>, _ events: [ProfileV1.Event], list: String, _ call: GatewayCall, _ clients: GatewayClients
    ) async throws -> BatchReply {
        guard !events.isEmpty else { return try BatchReply(batch, sent: [], position: nil, list: list) }
        // Events are known by their ids, so that without a key the call may be repeated all the same; with one it is kept
        // in a transaction of its own.
        var options = call.options
        options.idempotencyKey = call.sentKey
        let reply = try await clients.profile.track(ProfileV1.TrackRequest(events: events), options: options)
        return try BatchReply(batch, sent: reply.results, position: reply.position, list: list)
    }
}
