internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import ProtobufC
internal import RPC
internal import ServiceKit

/// Translates calls of the profile service: decode, decide, store, encode. The methods stand in the files beside.
struct ProfileHandler: ProfileV1.ProfileServiceHandler {
    let dependencies: ProfileDependencies
    let events: EventIntake
    let homes: HomeCache
    let dictionary: DictionaryCache
    let idempotency = Idempotency(schema: "profile")
    let writer = EventLogWriter(schema: "profile")

    init(_ dependencies: ProfileDependencies) {
        self.dependencies = dependencies
        let notifier = dependencies.notifier
        events = EventIntake(pool: dependencies.pool, clock: dependencies.clock, writer: writer) { notifier.signal() }
        homes = HomeCache(limit: 2_000_000)
        dictionary = DictionaryCache()
    }

    var pool: PostgresPool { dependencies.pool }

    /// Runs a change once for its key, and again where another writer claimed the same identity in between.
    func change<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ context: CallContext, _ request: Request,
        _ body: @escaping @Sendable (PostgresConnection) async throws -> Reply
    ) async throws -> Reply {
        let options = TransactionOptions(deadline: context.deadline)
        var attempt = 0
        while true {
            do {
                let reply = try await idempotency.run(context, request, pool: pool, options: options, body)
                dependencies.notifier.signal()
                return reply
            } catch is RowIntake.ClaimLost where attempt < 5 {
                attempt += 1
            }
        }
    }

    /// The customer that is meant, if it exists.
    func locate(_ reference: CustomerReference, in connection: PostgresConnection) async throws -> CustomerKey {
        switch reference {
        case .customerID(let id):
            guard try await CustomerStorage.existing([id], in: connection).contains(id) else {
                throw ProfileFailure.unknownCustomer
            }
            return CustomerKey(customerID: id)
        case .identity(let identity):
            guard let home = try await IdentityStorage.homes(of: [identity], in: connection)[identity] else {
                throw ProfileFailure.unknownCustomer
            }
            return CustomerKey(customerID: home)
        }
    }

    /// The same, for a change: the customer is held as it is to the end of the transaction, and must belong to the person's
    /// office or to one below it. Towards a person whose office it does not belong to it does not exist.
    func hold(
        _ reference: CustomerReference, for principal: Principal, in connection: PostgresConnection
    ) async throws -> (key: CustomerKey, held: HeldCustomer) {
        let key = try await locate(reference, in: connection)
        guard let held = try await CustomerStorage.hold([key], in: connection)[key.customerID],
            OfficePath.isWithin(held.office, scope: principal.officePath)
        else { throw ProfileFailure.unknownCustomer }
        return (key, held)
    }

    static func position(_ offsets: [Int16: Int64]) -> CommonV1.LogPosition {
        CommonV1.LogPosition(
            log: "profile",
            offsets: offsets.sorted { $0.key < $1.key }.map {
                CommonV1.PartitionOffset(partition: Int32($0.key), offset: $0.value)
            })
    }

    /// Runs a check of the domain; what it finds becomes the error of the call.
    static func checked<Value>(_ body: () throws(FieldProblem) -> Value) throws(ProfileFailure) -> Value {
        do throws(FieldProblem) {
            return try body()
        } catch {
            throw .field(error)
        }
    }
}
