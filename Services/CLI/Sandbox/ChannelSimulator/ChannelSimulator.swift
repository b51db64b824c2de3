public import Foundation
internal import Hummingbird
public import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization

/// A channel to customers that can be told to misbehave: for the demo and for tests, never for customers.
///
/// `POST /deliveries` takes a signed message, `GET /status/KEY` says whether a dedupe key was taken, `GET /received`
/// counts, `POST /control` changes the behaviour.
public final class ChannelSimulator: Sendable {
    public struct Configuration: Sendable {
        public var host: String
        /// 0 takes a free one.
        public var port: Int
        /// What messages must be signed with.
        public var secret: [UInt8]
        public var behaviour: ChannelBehaviour
        /// Gets each key taken, on the disk before the answer.
        public var receivedFile: URL?
        /// Of the draws that decide which posts fare badly.
        public var seed: UInt64

        public init(
            host: String = "127.0.0.1", port: Int = 0, secret: [UInt8], behaviour: ChannelBehaviour = .init(),
            receivedFile: URL? = nil, seed: UInt64 = 1
        ) {
            self.host = host
            self.port = port
            self.secret = secret
            self.behaviour = behaviour
            self.receivedFile = receivedFile
            self.seed = seed
        }
    }

    private struct State {
        var behaviour: ChannelBehaviour
        var generator: SplitMix64
    }

    private let configuration: Configuration
    private let logger: Logger
    private let ledger: ChannelLedger
    private let state: Mutex<State>
    private let onArrival: @Sendable (ChannelArrival) -> Void
    private let onTaken: @Sendable (_ dedupeKey: String) -> Void

    /// - Parameters:
    ///   - onArrival: called at each post, whatever becomes of it, before it is answered.
    ///   - onTaken: called at each message taken, before it is answered.
    public init(
        _ configuration: Configuration, logger: Logger,
        onArrival: @escaping @Sendable (ChannelArrival) -> Void = { _ in },
        onTaken: @escaping @Sendable (_ dedupeKey: String) -> Void = { _ in }
    ) throws {
        self.configuration = configuration
        self.logger = logger
        self.onArrival = onArrival
        self.onTaken = onTaken
        ledger = try ChannelLedger(file: configuration.receivedFile)
        state = Mutex(
            State(behaviour: configuration.behaviour, generator: SplitMix64(seed: configuration.seed)))
    }

    public var behaviour: ChannelBehaviour {
        get { state.withLock { $0.behaviour } }
        set { state.withLock { $0.behaviour = newValue } }
    }

    public var summary: ChannelSummary { ledger.summary }

    /// How often each dedupe key was taken.
    public var takenKeys: [String: Int] { ledger.keys }

    /// Serves until the task is cancelled or the service group around it stops.
    ///
    /// - Parameter onListening: gets the port.
    public func run(onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }) async throws {
        let application = Application(
            router: router(),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { await onListening(port) }
            },
            logger: logger)
        try await application.run()
    }
}

extension ChannelSimulator {
    private static let bodyByteLimit = 64 << 10

    private func router() -> Router<SimulatorContext> {
        let router = Router(context: SimulatorContext.self)
        router.post("deliveries") { request, context in try await self.deliver(request, context) }
        router.get("status/:key") { request, context in try self.status(request, context) }
        router.get("received") { _, _ in try Self.json(self.summary) }
        router.post("control") { request, _ in
            var request = request
            let body = try await request.collectBody(upTo: Self.bodyByteLimit)
            guard let wanted = try? JSONDecoder().decode(ChannelBehaviour.self, from: Data(body.readableBytesView))
            else { throw HTTPError(.badRequest, message: "The behaviour cannot be read.") }
            self.behaviour = wanted
            return try Self.json(wanted)
        }
        return router
    }

    private func deliver(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        ledger.countPost()
        var request = request
        let body = Array((try await request.collectBody(upTo: Self.bodyByteLimit)).readableBytesView)
        let (behaviour, fate) = state.withLock { state in
            (state.behaviour, state.behaviour.fate(using: &state.generator))
        }
        let key = request.headers[.init("Idempotency-Key")!] ?? ""
        func tell(_ fate: ChannelArrival.Fate) { onArrival(ChannelArrival(fate, dedupeKey: key, body: body)) }
        switch fate {
        case .dropBefore:
            tell(.droppedBefore)
            return try await dropped(context)
        case .tooMany:
            tell(.tooMany)
            return Self.busy(.tooManyRequests, behaviour)
        case .unavailable:
            tell(.unavailable)
            return Self.busy(.serviceUnavailable, behaviour)
        case .take, .dropAfter, .stall: break
        }
        guard isSigned(request, body), !key.isEmpty else {
            ledger.countForged()
            tell(.forged)
            throw HTTPError(.unauthorized, message: "The signature or the Idempotency-Key is missing or wrong.")
        }
        if behaviour.delayMilliseconds > 0 {
            try await Task.sleep(for: .milliseconds(behaviour.delayMilliseconds))
        }
        let taking = try ledger.take(key, deduplicates: behaviour.deduplicates)
        if taking != .repeated { onTaken(key) }
        switch taking {
        case .repeated: tell(.repeated)
        case .again: tell(.takenAgain)
        case .new: tell(fate == .dropAfter ? .droppedAfter : .taken)
        }
        if fate == .dropAfter { return try await dropped(context) }
        if fate == .stall { return Self.stalled() }
        return try Self.json(["taken": taking != .repeated])
    }

    private func status(_ request: Request, _ context: SimulatorContext) throws -> Response {
        guard let key = try context.parameters.require("key").removingPercentEncoding else {
            throw HTTPError(.badRequest)
        }
        guard isSigned(request, Array(key.utf8)) else { throw HTTPError(.unauthorized) }
        guard ledger.hasTaken(key) else { throw HTTPError(.notFound) }
        return try Self.json(["taken": true])
    }

    private func isSigned(_ request: Request, _ content: [UInt8]) -> Bool {
        ChannelSignature.isValid(
            timestamp: request.headers[.init(ChannelSignature.timestampHeader)!],
            signature: request.headers[.init(ChannelSignature.signatureHeader)!], content: content,
            secret: configuration.secret)
    }

    /// Closes the connection, so that whatever is returned does not arrive.
    private func dropped(_ context: SimulatorContext) async throws -> Response {
        try? await context.channel.close().get()
        return Response(status: .internalServerError)
    }

    /// Promises a body that never comes.
    private static func stalled() -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(contentLength: 10) { _ in
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(3_600)) }
            })
    }

    private static func busy(_ status: HTTPResponse.Status, _ behaviour: ChannelBehaviour) -> Response {
        Response(status: status, headers: [.retryAfter: String(behaviour.retryAfterSeconds)])
    }

    private static func json(_ value: some Encodable) throws -> Response {
        let data = try JSONEncoder().encode(value)
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    }
}
