internal import Contracts
internal import EventLog
internal import Foundation
internal import Logging
internal import Postgres
internal import ProfileService
internal import RPC
internal import RPCInProcessTransport
internal import ServiceKit
internal import TestSupport

/// The profile service as `main` builds it, over a database of its own.
struct ProfileBed {
    static let now = Date(timeIntervalSince1970: 1_772_416_800)

    let administrator: PostgresPool
    let client: ProfileV1.ProfileServiceClient
    let database: PostgresConfiguration

    static let everywhere = Principal(
        user: "root", roles: ["admin", "channel", "operator", "manager"], officePath: "/")
    static let east = Principal(user: "wang", roles: ["manager", "channel"], officePath: "/head/east/")

    static func options(_ principal: Principal = everywhere, key: String? = nil) -> CallOptions {
        CallOptions(timeout: .seconds(30), idempotencyKey: key, principal: principal)
    }

    static func make() async throws -> ProfileBed {
        let database = try await TestPostgres.database()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let administrator = PostgresPool(database, logger: logger)
        try await Bootstrap.run(pool: administrator)
        let owner = PostgresPool(database.connecting(as: "zhike_profile"), logger: logger)
        try await Migrator.migrate(owner, schema: "profile", migrations: KitSchema.migrations(schema: "profile"))
        try await Migrator.migrate(owner, schema: "profile", migrations: ProfileSchema.migrations)
        let dependencies = ProfileDependencies(
            pool: owner,
            requestPool: PostgresPool(database.connecting(as: "zhike_profile_request").forPersons, logger: logger),
            clock: FixedBusinessClock(now, timeZone: .gmt),
            audit: AuditLog(try AuditChain(service: "profile", key: [UInt8](repeating: 7, count: 32))),
            pages: PageCursor(key: try ServiceKey.random(id: "p", service: "profile")), logger: logger,
            notifier: LogNotifier(pool: owner, log: "profile"))
        let channel = try InProcessChannel(router: profileRouter(dependencies), caller: "gateway")
        return ProfileBed(
            administrator: administrator, client: ProfileV1.ProfileServiceClient(channel), database: database)
    }

    static func identity(_ value: String, kind: String = "customer_number") -> CommonV1.Identity {
        CommonV1.Identity(kind: kind, value: value)
    }

    static func reference(_ value: String) -> CommonV1.CustomerReference {
        CommonV1.CustomerReference(by: .identity(identity(value)))
    }

    static func event(_ id: String, of number: String, type: String = "app.login", at: Date = now) -> ProfileV1.Event {
        ProfileV1.Event(
            eventID: id, customer: reference(number), type: type, occurredAtMicros: at.microseconds,
            propertiesJSON: #"{"amount": 12.5}"#)
    }

    @discardableResult
    func identify(_ number: String, office: String = "", traits: [ProfileV1.Trait] = []) async throws -> Int64 {
        try await client.identify(
            ProfileV1.IdentifyRequest(identity: Self.identity(number), traits: traits, officePath: office),
            options: Self.options()
        ).customerID
    }

    func count(_ sql: SQL) async throws -> Int64 {
        try await administrator.query(sql).first?.decode(0, as: Int64.self) ?? 0
    }
}
