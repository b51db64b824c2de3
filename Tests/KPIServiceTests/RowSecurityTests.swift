internal import Contracts
internal import EventLog
internal import Logging
internal import Postgres
internal import RPC
internal import Testing

@Suite("The role that runs calls of people")
struct RowSecurityTests {
    @Test("reads nothing without an office, and nothing of another")
    func scope() async throws {
        let bed = try await KPIBed.make()
        let position = try await bed.write([try KPIBed.contacted(1, KPIBed.cut("/head/east/"))])
        let created = NewLogEntry(
            customerID: 1, kind: 5, occurredAt: KPIBed.start, recordedAt: KPIBed.start,
            body: try ProfileV1.CustomerCreated(officePath: "/head/east/").packed())
        let logged = try await bed.write([created], to: "profile")
        _ = try await bed.report(after: position)
        _ = try await bed.client.getActivity(.init(after: [logged]), options: KPIBed.headOffice)
        let relations = try await bed.administrator.query(
            """
            SELECT c.relname::text FROM pg_class c
            WHERE c.relnamespace = 'kpi'::regnamespace AND c.relkind IN ('r', 'v', 'p')
                AND has_table_privilege('zhike_kpi_request', c.oid, 'SELECT')
            ORDER BY 1
            """
        ).map { try $0.decode(0, as: String.self) }
        #expect(
            relations == [
                "activity", "campaign", "cell", "log_cursor", "visible_activity", "visible_campaign", "visible_cell",
                "visible_cursor",
            ])
        let pool = PostgresPool(
            bed.database.connecting(as: "zhike_kpi_request"), logger: Logger(label: "test"))
        for relation in relations {
            let table = "kpi.\(relation)"
            #expect(try await pool.query("SELECT FROM \(path: table)").isEmpty, "\(relation) without an office")
            for (office, isSeen) in [("/head/", true), ("/head/east/", true), ("/head/west/", false)] {
                let rows = try await pool.transaction(.init(officePath: office)) {
                    try await $0.query("SELECT FROM \(path: table)")
                }
                // Behind its view, which shows a campaign where one of its cells is seen; how far a log is counted is of no
                // office.
                let isOfAll = ["campaign", "log_cursor", "visible_cursor"].contains(relation)
                #expect(!rows.isEmpty == (isSeen || isOfAll), "\(relation) of \(office)")
            }
        }
        await pool.close()
        bed.consumer.cancel()
    }
}
