import Foundation
import Logging
import Postgres
import ServiceKit
import TestSupport
import Testing

@Suite("business time")
struct ClockTests {
    private let zone = TimeZone(identifier: "Asia/Shanghai") ?? .gmt

    @Test("simulated time is one row for everybody that only moves forward, and only by the platform's role")
    func simulated() async throws {
        let administrator = PostgresPool(try await TestPostgres.database(), logger: Logger(label: "test"))
        try await Bootstrap.run(pool: administrator)
        func clock(_ role: String) -> SimulatedBusinessClock {
            let pool = PostgresPool(
                administrator.configuration.connecting(as: role), logger: Logger(label: "test"))
            return SimulatedBusinessClock(pool: pool, timeZone: zone)
        }
        let platform = clock("zhike_platform")
        await #expect(throws: BusinessClockError.notSet) { try await platform.now() }
        let start = Date(timeIntervalSince1970: 1_700_000_000.25)
        try await platform.begin(at: start)
        try await platform.begin(at: start.addingTimeInterval(99))
        #expect(try await clock("zhike_campaign_request").now() == start)
        try await platform.advance(to: start.addingTimeInterval(60))
        #expect(try await clock("zhike_profile").now() == start.addingTimeInterval(60))
        await #expect(throws: BusinessClockError.backward) { try await platform.advance(to: start) }
        await #expect(throws: PostgresError.self) {
            try await clock("zhike_campaign").advance(to: start.addingTimeInterval(120))
        }
    }

    @Test("system time is in whole microseconds, as tables hold it")
    func system() {
        let now = SystemBusinessClock(timeZone: zone).now()
        #expect(Date(microseconds: now.microseconds) == now)
    }
}
