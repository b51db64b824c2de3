internal import Contracts
internal import Foundation
internal import Logging
internal import Postgres
internal import ProfileService
internal import RPC
internal import ServiceKit
internal import Testing

@Suite("What was refused of batches")
struct RefusedItemTests {
    private static func sweep(_ bed: ProfileBed, days: Double) async throws -> Int {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try await RefusedItemSweeper(
            pool: PostgresPool(bed.database.connecting(as: "zhike_profile"), logger: logger),
            clock: FixedBusinessClock(ProfileBed.now.addingTimeInterval(days * 86_400), timeZone: .gmt),
            retentionDays: 30, logger: logger
        ).sweep()
    }

    @Test("is kept for the days that are set, however much it is, and then goes")
    func retention() async throws {
        let bed = try await ProfileBed.make()
        let unknown = (0..<1_000).map { ProfileBed.event("\($0)", of: "nobody") }
        for _ in 0..<2 {
            _ = try await bed.client.track(.init(events: unknown), options: ProfileBed.options())
        }
        #expect(try await Self.sweep(bed, days: 29.9) == 0)
        #expect(try await bed.count("SELECT count(*) FROM profile.refused_item") == 2_000)
        #expect(try await Self.sweep(bed, days: 30.1) == 2_000)
        #expect(try await bed.count("SELECT count(*) FROM profile.refused_item") == 0)
    }

    @Test("is kept for thirty days where nobody says otherwise")
    func setting() {
        #expect(ProfileSettings.refusedRetentionDays.defaultValue == 30)
    }
}
