internal import CampaignService
internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import ServiceKit
internal import TestSupport
internal import Testing

@Suite("with one connection and a simulated clock")
struct SmallPoolTests {
    /// A replica whose business time stands in the database, and whose owner has one connection.
    private func replica(_ bed: CampaignBed) async throws -> Replica {
        var settings = bed.database.connecting(as: "zhike_campaign")
        settings.poolSize = 1
        settings.acquireTimeout = .seconds(1)
        try await SimulatedBusinessClock(pool: bed.administrator, timeZone: .gmt).begin(at: CampaignBed.start)
        var dependencies = try bed.dependencies()
        dependencies.pool = PostgresPool(settings, logger: bed.logger)
        dependencies.clock = SimulatedBusinessClock(pool: dependencies.pool, timeZone: .gmt)
        return try Replica(assembleCampaign(dependencies))
    }

    @Test("events are followed and past campaigns are taken in: nobody who has the connection waits for another")
    func oneConnection() async throws {
        let bed = try await CampaignBed.make()
        let replica = try await replica(bed)
        let options = CampaignBed.options(CampaignBed.operatorOfAll)
        try await replica.running {
            _ = try await bed.planned(2, replica)
            _ = try await bed.track([bed.event("e1", of: 1, type: "deposit.opened")])
            try await eventually("the outcome") { try await bed.entries(EntryKind.outcome).count == 1 }

            let opened = try await replica.client.openPastCampaign(
                .init(
                    importKey: String(repeating: "b2", count: 32), name: "Mail of 2008", officePath: "/head/",
                    arms: [.init(name: "men", control: false), .init(name: "none", control: true)],
                    conversionEventType: "visit", conversionWindowMicros: 86_400_000_000, currency: "USD"),
                options: options)
            let contact = CampaignV1.PastContact(
                identity: .init(kind: "customer_number", value: "N1"), arm: "men", channel: "mail",
                contactedAtMicros: (CampaignBed.start - 86_400).microseconds)
            // The planner may have the connection at the moment, but never for long.
            try await eventually("the import") {
                let taken = try? await replica.client.importPastContacts(
                    .init(campaignID: opened.campaignID, chunk: 0, contacts: [contact]), options: options)
                return taken?.accepted == 1
            }
        }
    }
}
