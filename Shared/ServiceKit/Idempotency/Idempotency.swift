internal import Crypto
internal import Foundation
public import Postgres
public import ProtobufC
public import RPC

/// Makes a mutating call repeatable: the key, the hash of the request and the reply are stored in the transaction of
/// the change itself, and a repetition gets the stored reply.
public struct Idempotency: Sendable {
    /// Longer than any caller retries.
    public static let retention = Duration.seconds(7 * 24 * 3600)

    private let store: IdempotencyStore

    public init(schema: String) {
        store = IdempotencyStore(schema: schema)
    }

    /// Runs a change once for its key, in a transaction of its own. Without a key it just runs.
    ///
    /// The key belongs to the calling suite service and the person. The same key with another method or another
    /// request is refused. Calls with one key at the same time wait for the first and get its reply; where the first
    /// failed, one of them executes.
    public func run<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ context: CallContext, _ request: Request, pool: PostgresPool, options: TransactionOptions = .init(),
        _ body: @Sendable (PostgresConnection) async throws -> Reply
    ) async throws -> Reply {
        func attempt() async throws -> Reply {
            try await pool.transaction(options) { try await run(context, request, in: $0, body) }
        }
        do {
            return try await attempt()
        } catch let error as PostgresError where error.isCommitUnknown && context.idempotencyKey != nil {
            // The claim is a part of the change: if it is there, so is the reply, and else nothing was done.
            return try await attempt()
        }
    }

    /// The same within a transaction that the caller opened, at isolation READ COMMITTED.
    public func run<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ context: CallContext, _ request: Request, in connection: PostgresConnection,
        _ body: (PostgresConnection) async throws -> Reply
    ) async throws -> Reply {
        guard let key = context.idempotencyKey else { return try await body(connection) }
        guard (1...RPCLimits.idempotencyKeyBytes).contains(key.utf8.count) else {
            throw RPCError(
                .invalidArgument, "An idempotency key has 1 to \(RPCLimits.idempotencyKeyBytes) bytes.",
                field: "idempotency_key", notExecuted: true)
        }
        let claim = IdempotencyStore.Claim(
            key: key, caller: context.caller, person: context.principal?.user ?? "", method: context.method,
            requestHash: Array(SHA256.hash(data: try request.packed())))
        if try await store.claim(claim, at: Date(), in: connection) {
            let reply = try await body(connection)
            try await store.store(try reply.packed(), for: claim, in: connection)
            return reply
        }
        guard let stored = try await store.stored(claim, in: connection) else {
            throw RPCError(.aborted, "A call with the same key was removed at this moment: send it again.")
        }
        guard stored.method == claim.method, stored.requestHash == claim.requestHash else {
            throw RPCError(
                .invalidArgument, "This idempotency key was used for another request: take a new key.",
                field: "idempotency_key", notExecuted: true)
        }
        return try Reply(unpacking: stored.reply.span.bytes, memoryLimit: RPCLimits.unpackedBytes)
    }
}
