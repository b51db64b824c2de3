internal import Hummingbird
internal import RPC
internal import ServiceKit

/// One thing the gateway serves. The same value decides what is accepted, what is answered and what `/openapi.json`
/// says.
struct Route: Sendable {
    let method: HTTPRequest.Method
    let path: PathTemplate
    /// Name of the operation in the published document, and of the route in metrics and logs.
    let operation: String
    let summary: String
    let access: Access
    let parameters: [any AnyParameter]
    /// Nil where no body is taken.
    let body: JSONSchema?
    let reply: Reply
    /// Where the body stands in the message that is called with, such as `plan.`.
    var fieldPrefix = ""
    /// The longest that the suite services may take together.
    var timeout: Duration = Self.quickTimeout
    let serve: @Sendable (GatewayCall) async throws -> [UInt8]

    private static let quickTimeout: Duration = .seconds(5)

    enum Access: Sendable {
        /// Answered to everybody: it tells nothing of the bank.
        case open
        /// Needs a token whose roles give this right.
        case right(Right)
    }

    struct Reply: Sendable {
        let status: HTTPResponse.Status
        let contentType: String
        /// Nil where the reply is no JSON.
        let schema: JSONSchema?

        static func json(_ schema: JSONSchema, status: HTTPResponse.Status = .ok) -> Reply {
            Reply(status: status, contentType: "application/json", schema: schema)
        }
    }

    /// Whether a request may change something.
    var isChange: Bool { method != .get }

    /// Whether a suite service that hangs would keep it longer than most.
    var isSlow: Bool { timeout > Self.quickTimeout }

    /// Whether it needs a token.
    var isForPeople: Bool {
        if case .right = access { true } else { false }
    }

    /// What messages call the `id` of the path, so that a refusal of it names what the caller sent.
    var identifierField: String? {
        guard let place = path.parts.firstIndex(of: .place("id")), place > 0,
            case .word(let word) = path.parts[place - 1]
        else { return nil }
        switch word {
        case "customers": return "customer"
        case "segments": return "segment_id"
        case "snapshots": return "snapshot_id"
        case "campaigns": return "campaign_id"
        case "deliveries": return "delivery_id"
        case "dead-letters": return "dead_letter_id"
        default: return nil
        }
    }

    /// The same route with another time limit.
    func within(_ timeout: Duration) -> Route {
        var route = self
        route.timeout = timeout
        return route
    }
}

extension Route {
    /// A route without a body.
    static func get<Answer>(
        _ path: String, _ operation: String, _ summary: String, _ right: Right,
        parameters: [any AnyParameter] = [], reply: JSONShape<Answer>,
        _ serve: @escaping @Sendable (GatewayCall) async throws -> Answer
    ) -> Route {
        Route(
            method: .get, path: PathTemplate(path), operation: operation, summary: summary, access: .right(right),
            parameters: parameters, body: nil, reply: .json(reply.schema),
            serve: { call in reply.bytes(of: try await serve(call)) })
    }

    /// A route that takes a body and may change something.
    static func change<Body, Answer>(
        _ method: HTTPRequest.Method, _ path: String, _ operation: String, _ summary: String, _ right: Right,
        parameters: [any AnyParameter] = [], body: JSONShape<Body>, reply: JSONShape<Answer>,
        status: HTTPResponse.Status = .ok, fieldPrefix: String = "",
        _ serve: @escaping @Sendable (GatewayCall, Body) async throws -> Answer
    ) -> Route {
        Route(
            method: method, path: PathTemplate(path), operation: operation, summary: summary, access: .right(right),
            parameters: parameters, body: body.schema, reply: .json(reply.schema, status: status),
            fieldPrefix: fieldPrefix,
            serve: { call in reply.bytes(of: try await serve(call, try body.value(of: call.body))) })
    }

    /// A route that changes something and takes no body.
    static func command<Answer>(
        _ path: String, _ operation: String, _ summary: String, _ right: Right,
        parameters: [any AnyParameter] = [], reply: JSONShape<Answer>,
        _ serve: @escaping @Sendable (GatewayCall) async throws -> Answer
    ) -> Route {
        Route(
            method: .post, path: PathTemplate(path), operation: operation, summary: summary, access: .right(right),
            parameters: parameters, body: nil, reply: .json(reply.schema),
            serve: { call in reply.bytes(of: try await serve(call)) })
    }
}
