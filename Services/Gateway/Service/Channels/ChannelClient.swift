internal import AsyncHTTPClient
internal import Contracts
internal import NIOCore
internal import NIOHTTP1
internal import RPC
internal import Synchronization

/// Speaks HTTP with one channel. It never repeats anything by itself.
struct ChannelClient: Sendable {
    private let channel: ChannelConfiguration
    private let signer: ChannelSigner
    private let http: HTTPClient

    private static let replyByteLimit = 64 << 10

    init(_ channel: ChannelConfiguration) {
        self.channel = channel
        signer = ChannelSigner(secret: channel.secret)
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .milliseconds(Int64(min(channel.timeoutMilliseconds, 3_000)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = channel.concurrency
        // Shorter than what servers keep, so that a message is seldom sent into a connection that is being closed.
        configuration.connectionPool.idleTimeout = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func close() async {
        try? await http.shutdown()
    }

    /// Posts one message, once.
    func post(_ delivery: CampaignV1.Delivery) async -> PostResult {
        let content = DeliveryMessage.body(delivery)
        var request = HTTPClientRequest(url: channel.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Idempotency-Key", value: delivery.dedupeKey)
        let trace = TraceContext(traceparent: delivery.traceparent)?.child() ?? .random()
        request.headers.add(name: "traceparent", value: trace.traceparent)
        for (name, value) in signer.headers(over: content) { request.headers.add(name: name, value: value) }
        let body = WatchedBody(content)
        request.body = .stream(body, length: .known(Int64(content.count)))
        do {
            let head = try await head(of: request)
            return .answered(status: Int(head.status.code), retryAfterMilliseconds: Self.retryAfter(head.headers))
        } catch {
            return body.wasAskedFor ? .noAnswer : .notConnected
        }
    }

    /// Whether the channel has taken the message of a dedupe key; nil where it does not tell.
    func status(of dedupeKey: String) async -> Bool? {
        guard !channel.statusURL.isEmpty else { return nil }
        let separator = channel.statusURL.hasSuffix("/") ? "" : "/"
        var request = HTTPClientRequest(
            url: channel.statusURL + separator + DeliveryMessage.pathSegment(dedupeKey))
        for (name, value) in signer.headers(over: Array(dedupeKey.utf8)) {
            request.headers.add(name: name, value: value)
        }
        switch try? await head(of: request).status {
        case .ok: return true
        case .notFound: return false
        default: return nil
        }
    }

    /// Status and headers of the answer. What else the channel says is of no use, but frees the connection when read: it is
    /// read in the time that the whole may take, which ends for the library with the head.
    private func head(
        of request: HTTPClientRequest
    ) async throws -> (status: HTTPResponseStatus, headers: HTTPHeaders) {
        let deadline = ContinuousClock.now + .milliseconds(channel.timeoutMilliseconds)
        let response = try await http.execute(request, timeout: .milliseconds(Int64(channel.timeoutMilliseconds)))
        let body = response.body
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = try? await body.collect(upTo: Self.replyByteLimit) }
            group.addTask { try? await Task.sleep(until: deadline, clock: .continuous) }
            await group.next()
            group.cancelAll()
        }
        return (response.status, response.headers)
    }

    private static func retryAfter(_ headers: HTTPHeaders) -> Int? {
        guard let seconds = headers.first(name: "Retry-After").flatMap({ Int($0) }), (0...86_400).contains(seconds)
        else { return nil }
        return seconds * 1_000
    }
}

/// The body of a post that remembers whether any of it was asked for: until then nothing of the message can have left.
private final class WatchedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    private let content: ByteBuffer
    private let asked = Atomic<Bool>(false)

    init(_ content: [UInt8]) {
        self.content = ByteBuffer(bytes: content)
    }

    var wasAskedFor: Bool { asked.load(ordering: .acquiring) }

    func makeAsyncIterator() -> Iterator {
        Iterator(body: self)
    }

    struct Iterator: AsyncIteratorProtocol {
        let body: WatchedBody
        var isDone = false

        mutating func next() async -> ByteBuffer? {
            guard !isDone else { return nil }
            isDone = true
            body.asked.store(true, ordering: .releasing)
            return body.content
        }
    }
}
