internal import Contracts
internal import EventLog
internal import Foundation
internal import Logging
internal import Postgres
internal import ProfileService
internal import RPC
internal import RPCInProcessTransport
internal import ServiceKit
internal import ServiceLifecycle
internal import TestSupport

@testable internal import SegmentationService

/// The segmentation service as `main` builds it, over a database of its own with profile's real schema.
struct TestBed {
    let administrator: PostgresPool
    /// What runs beside the calls; nothing of it does where a test does not start it.
    let services: [any Service]
    let client: SegmentationV1.SegmentationServiceClient
    /// The same service as other suite services call it.
    let campaign: SegmentationV1.SegmentationServiceClient
    let kpi: SegmentationV1.SegmentationServiceClient
    /// Profile as the gateway calls it.
    let profile: ProfileV1.ProfileServiceClient
    let database: PostgresConfiguration
    /// Business time of the bed.
    let now = Date(microseconds: 1_780_000_000_000_000)

    static let headOffice = Principal(user: "li.wei", roles: ["marketer"], officePath: "/head/")
    static let east = Principal(user: "wang.fang", roles: ["marketer"], officePath: "/head/east/")
    static let everywhere = Principal(user: "admin", roles: ["admin", "channel", "operator"], officePath: "/")

    /// - Parameter key: makes a change repeatable.
    static func options(_ principal: Principal = headOffice, key: String? = nil) -> CallOptions {
        CallOptions(timeout: .seconds(30), idempotencyKey: key, principal: principal)
    }

    /// - Parameter traits: names and types of the dictionary.
    static func make(traits: [String: ProfileV1.TraitType]) async throws -> TestBed {
        let database = try await TestPostgres.database()
        let logger = Logger(label: "test")
        let administrator = PostgresPool(database, logger: logger)
        try await Bootstrap.run(pool: administrator)
        let segmentation = try await parts("segmentation", database, buildSegmentation)
        let profile = try await parts("profile", database, buildProfile)
        func channel(_ parts: ServiceParts, from caller: String) throws -> InProcessChannel {
            try InProcessChannel(router: parts.router ?? RPCRouter(), caller: caller)
        }
        let bed = TestBed(
            administrator: administrator, services: segmentation.services,
            client: .init(try channel(segmentation, from: "gateway")),
            campaign: .init(try channel(segmentation, from: "campaign")),
            kpi: .init(try channel(segmentation, from: "kpi")),
            profile: .init(try channel(profile, from: "gateway")), database: database)
        try await administrator.execute("INSERT INTO platform.clock (now_is) VALUES (\(bed.now))")
        let definitions = traits.sorted { $0.key < $1.key }.map { name, type in
            ProfileV1.TraitDefinition(
                name: name, type: type, meaning: "test", source: "test", refresh: "daily", sensitivity: .c1,
                known: .before)
        }
        _ = try await bed.profile.defineTraits(
            ProfileV1.DefineTraitsRequest(traits: definitions),
            options: options(everywhere))
        return bed
    }

    private static func parts(
        _ service: String, _ database: PostgresConfiguration, _ build: ServiceRunner.Build
    ) async throws -> ServiceParts {
        let folder = URL.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let secret = String(repeating: "5c", count: 32)
        for (name, text) in ["keys": "test:\(service):\(secret)", "audit": secret] {
            let file = folder.appending(path: name).path
            _ = FileManager.default.createFile(
                atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        }
        let configuration = try ServiceConfiguration(
            serviceName: service, settings: StandardSettings.all,
            arguments: [
                "--database-host", database.host, "--database-port", "\(database.port)", "--database-name",
                database.database, "--keys-file", folder.appending(path: "keys").path, "--audit-key-file",
                folder.appending(path: "audit").path, "--clock-mode", "simulated", "--database-pool-size", "3",
                "--database-request-pool-size", "3",
            ])
        let environment = try ServiceEnvironment(
            configuration: configuration, logger: Logger(label: service), metrics: MetricsRegistry())
        return try await build(environment)
    }

    /// The same service with parts of the test's own.
    ///
    /// - Parameter owner: logged in as `zhike_segmentation`.
    func client(
        owner: PostgresPool, evaluator: any RuleEvaluator = SQLRuleEvaluator(),
        machineTime: @escaping @Sendable () -> Date = { Date() }
    ) throws -> SegmentationV1.SegmentationServiceClient {
        let secret = Array(repeating: UInt8(7), count: 32)
        let logger = Logger(label: "test")
        let segmentation = Segmentation(
            ownerPool: owner, requestPool: owner, evaluator: evaluator,
            clock: FixedBusinessClock(now, timeZone: .gmt),
            audit: AuditLog(try AuditChain(service: "segmentation", key: secret)),
            cursors: PageCursor(key: try ServiceKey(id: "k", service: "segmentation", secret: secret)),
            idempotency: Idempotency(schema: "segmentation"),
            membership: MembershipLogger(Self.membershipLog(owner), logger: logger), machineTime: machineTime)
        return .init(try InProcessChannel(router: segmentationRouter(segmentation), caller: "gateway"))
    }

    static func membershipLog(_ owner: PostgresPool) -> MembershipLog {
        MembershipLog(pool: owner, notifier: LogNotifier(pool: owner, log: Segmentation.log))
    }

    /// As the segmentation service itself is logged in.
    func owner(poolSize: Int = 3) -> PostgresPool {
        var configuration = database.connecting(as: "zhike_segmentation")
        configuration.poolSize = poolSize
        return PostgresPool(configuration, logger: Logger(label: "test"))
    }

    /// A segment of the head office.
    ///
    /// - Parameter key: makes it repeatable.
    func segment(
        _ rule: String, officePath: String = "/head/", key: String? = nil
    ) async throws -> SegmentationV1.Segment {
        let request = SegmentationV1.CreateSegmentRequest(
            name: "A segment", rule: .init(form: .text(rule)), officePath: officePath)
        guard let segment = try await client.createSegment(request, options: Self.options(key: key)).segment else {
            throw RPCError(.internalError, "no segment came back")
        }
        return segment
    }

    func freeze(_ segmentID: Int64, version: Int64 = 0) async throws -> SegmentationV1.Snapshot {
        let request = SegmentationV1.FreezeRequest(segmentID: segmentID, version: version)
        guard let snapshot = try await client.freeze(request, options: Self.options()).snapshot else {
            throw RPCError(.internalError, "no snapshot came back")
        }
        return snapshot
    }

    /// Adds customers with consecutive ids.
    ///
    /// - Parameter columns: trait columns and their values, one list of SQL literals for each customer.
    func addCustomers(_ customers: [TestCustomer]) async throws {
        try await administrator.transaction { connection in
            for customer in customers {
                try await connection.execute(customer.insertion(createdAt: now))
                try await connection.execute(customer.traitInsertion)
            }
        }
    }
}

/// One customer as a row of profile's tables.
struct TestCustomer {
    var id: Int64
    var number: String?
    var officePath = "/head/"
    var manager = "m1"
    /// Trait values as SQL; absent ones are unknown.
    var traits: [String: SQL] = [:]

    var partition: Int16 { LogPartition.of(customerID: id) }

    fileprivate func insertion(createdAt: Date) -> SQL {
        """
        INSERT INTO profile.customer (partition, customer_id, customer_number, office_path, manager, created_at)
        VALUES (\(partition), \(id), \(number as String?), \(officePath), \(manager), \(createdAt))
        """
    }

    fileprivate var traitInsertion: SQL {
        let names = traits.keys.sorted()
        let columns = SQL.joined(names.map { ", \(identifier: "trait_" + $0)" }, separator: "")
        let values = SQL.joined(names.map { ", \(traits[$0] ?? "NULL")" }, separator: "")
        return """
            INSERT INTO profile.customer_trait (partition, customer_id\(columns))
            VALUES (\(partition), \(id)\(values))
            """
    }
}
