internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import RPC

/// HTTP calls to the gateway, as a channel's backend makes them.
struct GatewayClient: Sendable {
    let address: String
    var token = ""

    /// An answer that was not the one hoped for; the sentence is the gateway's own.
    struct Refused: Error, CustomStringConvertible {
        var status: Int
        var sentence: String
        var description: String { "\(status): \(sentence)" }
    }

    /// What the gateway says of itself.
    struct Health: Sendable, Hashable {
        var isReady: Bool
        /// Suite services that it cannot reach; without them a part of the work is refused.
        var missing: [String] = []
        /// Why it is not ready.
        var sentence = ""
    }

    /// Nil where it does not answer.
    func health() async -> Health? {
        struct Answer: Decodable {
            var missing: [String]?
            var detail: String?
        }
        var request = HTTPClientRequest(url: address + "/healthz")
        request.method = .GET
        // Longer than the gateway looks for what is missing.
        guard let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(4)),
            [.ok, .serviceUnavailable].contains(response.status),
            let body = try? await response.body.collect(upTo: 1 << 16),
            let answer = try? JSONDecoder().decode(Answer.self, from: Data(buffer: body))
        else { return nil }
        return Health(
            isReady: response.status == .ok, missing: answer.missing ?? [], sentence: answer.detail ?? "")
    }

    /// Sends JSON and repeats it with the same key while the gateway or what is behind it is away.
    func post(_ path: String, _ body: [String: Any], idempotencyKey: String, patience: Duration = .seconds(60))
        async throws
        -> [String: Any]
    {
        let bytes = try JSONSerialization.data(withJSONObject: body)
        let end = ContinuousClock.now + patience
        while true {
            do {
                return try await send(.POST, path, bytes, idempotencyKey)
            } catch let error as Refused where ![429, 500, 502, 503, 504].contains(error.status) {
                throw error
            } catch  where ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    func get(_ path: String) async throws -> [String: Any] { try await send(.GET, path, nil, nil) }

    private func send(
        _ method: HTTPMethod, _ path: String, _ body: Data?, _ idempotencyKey: String?
    ) async throws -> [String: Any] {
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        if let idempotencyKey { request.headers.add(name: "idempotency-key", value: idempotencyKey) }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        let object = (try? JSONSerialization.jsonObject(with: Data(buffer: bytes))) as? [String: Any] ?? [:]
        guard (200..<300).contains(Int(response.status.code)) else {
            throw Refused(
                status: Int(response.status.code), sentence: object["detail"] as? String ?? "\(response.status)")
        }
        return object
    }
}
