internal import Contracts
internal import EventLog
internal import Foundation
internal import KPIService
internal import Logging
internal import Postgres
internal import RPC
internal import RPCInProcessTransport
internal import ServiceKit
internal import ServiceLifecycle
internal import TestSupport

/// The kpi service over a campaign log that the test writes.
struct KPIBed {
    static let start = Date(timeIntervalSince1970: 1_772_416_800)
    static let analyst = caller(office: "/head/east/")
    static let headOffice = caller(office: "/")

    var client: KPIV1.KPIServiceClient
    var campaign: PostgresPool
    /// The writer of each log.
    var logs: [String: PostgresPool]
    var administrator: PostgresPool
    var database: PostgresConfiguration
    var consumer: Task<Void, any Error>

    static func caller(office: String) -> CallOptions {
        CallOptions(
            timeout: .seconds(30), principal: Principal(user: "he", roles: ["analyst"], officePath: office))
    }

    /// - Parameter withLog: whether campaign has made its schema when kpi starts.
    static func make(
        withLog: Bool = true, timeZone: TimeZone = .gmt,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) async throws -> KPIBed {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let database = try await TestPostgres.database()
        let administrator = PostgresPool(database, logger: quiet)
        try await Bootstrap.run(pool: administrator)
        let campaign = PostgresPool(database.connecting(as: "zhike_campaign"), logger: quiet)
        let profile = PostgresPool(database.connecting(as: "zhike_profile"), logger: quiet)
        let segmentation = PostgresPool(database.connecting(as: "zhike_segmentation"), logger: quiet)
        if withLog { try await makeLog(campaign) }
        try await makeLog(profile, "profile")
        try await makeLog(segmentation, "segmentation")
        let owner = PostgresPool(database.connecting(as: "zhike_kpi"), logger: logger)
        try await Migrator.migrate(owner, schema: "kpi", migrations: KPISchema.migrations)
        let parts = kpiParts(
            KPIDependencies(
                pool: owner,
                requestPool: PostgresPool(database.connecting(as: "zhike_kpi_request").forPersons, logger: quiet),
                clock: FixedBusinessClock(start, timeZone: timeZone), logger: logger))
        let services = parts.services
        let consumer = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for service in services { group.addTask { try await service.run() } }
                try await group.waitForAll()
            }
        }
        let channel = try InProcessChannel(router: parts.router ?? RPCRouter(), caller: "gateway")
        return KPIBed(
            client: KPIV1.KPIServiceClient(channel), campaign: campaign,
            logs: ["campaign": campaign, "profile": profile, "segmentation": segmentation],
            administrator: administrator, database: database, consumer: consumer)
    }

    /// Logged in as a role of the suite.
    func pool(_ role: String) -> PostgresPool {
        PostgresPool(
            database.connecting(as: role), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// - Parameter writer: logged in as the owner of the log.
    static func makeLog(_ writer: PostgresPool, _ name: String = "campaign") async throws {
        let log =
            EventLogSchema.statements(schema: name) + [
                "GRANT USAGE ON SCHEMA \(name) TO zhike_kpi",
                "GRANT SELECT ON \(name).log, \(name).log_head TO zhike_kpi",
            ]
        try await Migrator.migrate(writer, schema: name, migrations: [Migration(name: "1", statements: log)])
    }

    static func cut(_ office: String, control: Bool = false, campaignID: Int64 = 1) -> CampaignV1.Cut {
        CampaignV1.Cut(
            campaignID: campaignID, campaignName: "c", campaignVersion: 1, officePath: office,
            arm: control ? "held" : "contacted", control: control, wave: 1, channel: "sms",
            conversionWindowMicros: 86_400_000_000, currency: "CNY")
    }

    static func entry(_ customer: Int64, _ kind: Int16, _ body: [UInt8], after seconds: Double = 0) -> NewLogEntry {
        NewLogEntry(
            customerID: customer, kind: kind, occurredAt: start.addingTimeInterval(seconds),
            recordedAt: start.addingTimeInterval(seconds), body: body)
    }

    static func contacted(
        _ customer: Int64, _ cut: CampaignV1.Cut, delivery: String = "sent", after seconds: Double = 0
    ) throws -> NewLogEntry {
        let key = cut.wave == 1 ? "k\(customer)" : "k\(customer).\(cut.wave)"
        let body = CampaignV1.Contacted(cut: cut, dedupeKey: key, delivery: delivery)
        return entry(customer, 1, try body.packed(), after: seconds)
    }

    static func outcome(
        _ customer: Int64, _ id: String, _ cut: CampaignV1.Cut, valueMinor: Int64 = 100, after seconds: Double
    ) throws -> NewLogEntry {
        let body = CampaignV1.Outcome(cut: cut, eventType: "bought", eventID: id, valueMinor: valueMinor)
        return entry(customer, 3, try body.packed(), after: seconds)
    }

    /// The days of campaign 1.
    func days() async throws -> [KPIV1.DayCounts] {
        try await client.getDaySeries(KPIV1.GetDaySeriesRequest(campaignID: 1), options: Self.headOffice).days
    }

    /// Counts everything anew and waits for it.
    func rebuild(upTo position: CommonV1.LogPosition) async throws {
        let operations = CallOptions(
            timeout: .seconds(30), principal: Principal(user: "op", roles: ["operator"], officePath: "/"))
        _ = try await client.rebuild(.init(), options: operations)
        _ = try await report(after: position)
    }

    func write(_ entries: [NewLogEntry], to log: String = "campaign") async throws -> CommonV1.LogPosition {
        guard let pool = logs[log] else { return CommonV1.LogPosition() }
        let offsets = try await pool.transaction { connection in
            try await EventLogWriter(schema: log).append(entries, in: connection)
        }
        let highest = Dictionary(zip(entries.map(\.partition), offsets), uniquingKeysWith: max)
        return CommonV1.LogPosition(
            log: log,
            offsets: highest.map { CommonV1.PartitionOffset(partition: Int32($0.key), offset: $0.value) })
    }

    func report(after position: CommonV1.LogPosition, _ options: CallOptions = headOffice) async throws
        -> KPIV1.CampaignReport?
    {
        try await client.getCampaignReport(
            KPIV1.GetCampaignReportRequest(campaignID: 1, after: [position]), options: options
        ).report
    }

    /// How many transactions wait for a lock of one of the tables.
    func waiters(for tables: [String]) async throws -> Int64 {
        try await administrator.query(
            """
            SELECT count(*) FROM pg_locks
            WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND relation = ANY (\(tables)::regclass[])
            """)[0].decode(Int64.self)
    }

    func verify() async throws -> KPIV1.VerifyResponse {
        try await client.verify(KPIV1.VerifyRequest(), options: Self.headOffice)
    }
}
