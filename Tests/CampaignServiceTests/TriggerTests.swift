internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("events that trigger a contact, and events that are a conversion")
struct TriggerTests {
    private func triggered(
        _ members: [SegmentationV1.Member], _ bed: CampaignBed, controlBasisPoints: Int32 = 0
    ) -> CampaignV1.CampaignPlan {
        var plan = bed.plan(members, controlBasisPoints: controlBasisPoints)
        plan.waves = []
        plan.triggers = [
            .init(
                eventType: "loan.viewed",
                conditions: [.init(property: "amount", operator: ">=", value: .number(1_000))], channel: "push")
        ]
        return plan
    }

    /// Starts a campaign and waits until its audience is there.
    private func start(_ plan: CampaignV1.CampaignPlan, _ bed: CampaignBed, _ replica: Replica) async throws -> Int64 {
        let id = try await bed.start(plan, replica)
        try await eventually("the audience") {
            try await bed.count("SELECT count(*) FROM campaign.audience_load WHERE is_complete") > 0
        }
        return id
    }

    /// No page but the first, of two members, is there.
    private func keepSecondPage(_ bed: CampaignBed) {
        bed.segmentation.beforePage.withLock { hook in
            hook = { start throws(RPCError) in
                if start >= 2 { throw RPCError(.unavailable, "the next page is not there yet") }
            }
        }
    }

    /// A member whose page is there, and one whose page is not.
    private func loadedAndNot(
        _ members: [SegmentationV1.Member], _ bed: CampaignBed
    ) async throws -> (here: Int64, later: Int64) {
        let rows = try await bed.administrator.query("SELECT customer_id FROM campaign.audience")
        let loaded = try rows.map { try $0.decode(0, as: Int64.self) }
        let other = try #require(members.map(\.customerID).first { !loaded.contains($0) })
        return (try #require(loaded.first), other)
    }

    private func follow(_ events: [ProfileV1.Event], _ bed: CampaignBed, _ replica: Replica) async throws {
        let position = try await bed.track(events)
        _ = try await replica.client.waitApplied(.init(position: position), options: CampaignBed.options(nil))
    }

    @Test("what triggers while somebody is about to stop the campaign waits, and is not lost where the stop fails")
    func aboutToStop() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let members = try await bed.addCustomers(1)
        try await replica.running {
            _ = try await start(triggered(members, bed), bed, replica)
            try await bed.administrator.execute(
                "INSERT INTO campaign.stop_wish SELECT campaign_id, now() + interval '1 hour' FROM campaign.campaign")
            let position = try await bed.track([
                bed.event("a", of: 1, type: "loan.viewed", properties: #"{"amount": 1000}"#)
            ])
            let early = await refusal {
                var options = CampaignBed.options(nil)
                options.timeout = .milliseconds(500)
                _ = try await replica.client.waitApplied(.init(position: position), options: options)
            }
            #expect(early?.code == .deadlineExceeded)
            try await bed.administrator.execute("DELETE FROM campaign.stop_wish")
            _ = try await replica.client.waitApplied(.init(position: position), options: CampaignBed.options(nil))
            #expect(try await bed.claim(replica, channel: "push").count == 1)
        }
    }

    @Test("an event that fits contacts a customer of the audience, once for the channel")
    func once() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let members = try await bed.addCustomers(4)
        _ = try await bed.addCustomers(1, from: 100)
        try await replica.running {
            _ = try await start(triggered(members, bed), bed, replica)
            let large = #"{"amount": 1000}"#
            try await follow(
                [
                    bed.event("a", of: 1, type: "loan.viewed", properties: large),
                    bed.event("b", of: 1, type: "loan.viewed", properties: large),
                    bed.event("c", of: 2, type: "loan.viewed", properties: #"{"amount": 999}"#),
                    bed.event("d", of: 3, type: "loan.closed", properties: large),
                    bed.event("e", of: 100, type: "loan.viewed", properties: large),
                    bed.event("f", of: 4, type: "loan.viewed", at: CampaignBed.start - 60, properties: large),
                ], bed, replica)
            let claimed = try await bed.claim(replica, channel: "push")
            #expect(claimed.map(\.customerID) == [1])
            #expect(claimed.first?.wave == 0)
            try await bed.report(claimed, .sent, replica)
            try await follow([bed.event("g", of: 1, type: "loan.viewed", properties: large)], bed, replica)
            #expect(try await bed.claim(replica, channel: "push").isEmpty)
            #expect(try await bed.entries(EntryKind.contacted).count == 1)
        }
    }

    @Test("an event that comes while the audience is still read contacts its customer once the audience is there")
    func early() async throws {
        let bed = try await CampaignBed.make(snapshotPageSize: 2)
        let replica = try bed.replica()
        let members = try await bed.addCustomers(6)
        _ = try await bed.addCustomers(1, from: 100)
        try await replica.running {
            keepSecondPage(bed)
            _ = try await bed.start(triggered(members, bed), replica)
            try await eventually("the first page") {
                try await bed.count("SELECT count(*) FROM campaign.audience") == 2
            }
            let (here, later) = try await loadedAndNot(members, bed)
            let large = #"{"amount": 1000}"#
            try await follow(
                [here, later, later, 100].enumerated().map {
                    bed.event("e\($0.offset)", of: $0.element, type: "loan.viewed", properties: large)
                }, bed, replica)
            let first = try await bed.claim(replica, channel: "push")
            #expect(first.map(\.customerID) == [here])
            try await bed.report(first, .sent, replica)

            bed.segmentation.beforePage.withLock { hook in hook = { _ in } }
            try await eventually("the contact of the one who came early") {
                try await bed.count("SELECT count(*) FROM campaign.contact") == 2
            }
            #expect(try await bed.claim(replica, channel: "push").map(\.customerID) == [later])
            #expect(try await bed.count("SELECT count(*) FROM campaign.early_trigger") == 0)
            // What is done once for a campaign and a channel stays done.
            try await follow([bed.event("later", of: later, type: "loan.viewed", properties: large)], bed, replica)
            #expect(try await bed.claim(replica, channel: "push").isEmpty)
        }
    }

    @Test("the audience is complete only after every event that found it unfinished has said so")
    func completionWaits() async throws {
        let bed = try await CampaignBed.make(snapshotPageSize: 2)
        let replica = try bed.replica()
        let members = try await bed.addCustomers(4)
        let complete: SQL = "SELECT count(*) FROM campaign.audience_load WHERE is_complete"
        try await replica.running {
            keepSecondPage(bed)
            let id = try await bed.start(triggered(members, bed), replica)
            try await eventually("the first page") {
                try await bed.count("SELECT count(*) FROM campaign.audience") == 2
            }
            try await bed.administrator.transaction { connection in
                // As a batch of events does that looks whether its campaigns run.
                _ = try await connection.query(
                    "SELECT FROM campaign.campaign WHERE campaign_id = \(id) FOR SHARE")
                bed.segmentation.beforePage.withLock { hook in hook = { _ in } }
                try await eventually("the last page to wait for the batch") {
                    try await bed.count(
                        """
                        SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'
                            AND query LIKE '%FOR NO KEY UPDATE%'
                        """) == 1
                }
                #expect(try await bed.count(complete) == 0)
            }
            try await eventually("the audience") { try await bed.count(complete) == 1 }
        }
    }

    @Test("who came early to a campaign that was closed meanwhile is not contacted")
    func earlyAndClosed() async throws {
        let bed = try await CampaignBed.make(snapshotPageSize: 2)
        let replica = try bed.replica()
        let members = try await bed.addCustomers(4)
        try await replica.running {
            keepSecondPage(bed)
            let id = try await bed.start(triggered(members, bed), replica)
            try await eventually("the first page") {
                try await bed.count("SELECT count(*) FROM campaign.audience") == 2
            }
            let later = try await loadedAndNot(members, bed).later
            try await follow(
                [bed.event("a", of: later, type: "loan.viewed", properties: #"{"amount": 1000}"#)], bed, replica)
            #expect(try await bed.count("SELECT count(*) FROM campaign.early_trigger") == 1)
            _ = try await replica.client.pauseCampaign(.init(campaignID: id), options: CampaignBed.options())
            _ = try await replica.client.closeCampaign(.init(campaignID: id), options: CampaignBed.options())
            try await eventually("the one who waited for nothing to be forgotten") {
                try await bed.count("SELECT count(*) FROM campaign.early_trigger") == 0
            }
            #expect(try await bed.count("SELECT count(*) FROM campaign.contact") == 0)
        }
    }

    @Test("it asks the same gate: refused without consent, and contacted by a later event once it is given")
    func gate() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let members = try await bed.addCustomers(2, consent: nil)
        try await replica.running {
            let id = try await start(triggered(members, bed), bed, replica)
            let large = #"{"amount": 1000}"#
            try await follow(
                ["a", "b"].map { bed.event($0, of: 1, type: "loan.viewed", properties: large) }, bed, replica)
            try await follow([bed.event("c", of: 1, type: "loan.viewed", properties: large)], bed, replica)
            #expect(try await bed.campaign(id, replica).refused == ["no_consent": 1])
            #expect(try await bed.entries(EntryKind.refused).count == 1, "the same refusal is told once")
            _ = try await bed.profile.setConsents(
                .init(
                    customer: .init(by: .customerID(1)),
                    consents: [
                        .init(
                            purpose: "marketing", channel: "push", granted: true,
                            validFromMicros: CampaignBed.start.microseconds, source: "test")
                    ]), options: CampaignBed.options(CampaignBed.operatorOfAll))
            try await follow([bed.event("d", of: 1, type: "loan.viewed", properties: large)], bed, replica)
            #expect(try await bed.claim(replica, channel: "push").map(\.customerID) == [1])
            #expect(try await bed.campaign(id, replica).refused.isEmpty)
        }
    }

    @Test("a paused campaign is triggered by nothing, and the control group is held once")
    func pausedAndHeld() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let members = try await bed.addCustomers(20)
        try await replica.running {
            let id = try await start(triggered(members, bed, controlBasisPoints: 9_999), bed, replica)
            _ = try await replica.client.pauseCampaign(.init(campaignID: id), options: CampaignBed.options())
            let events = { (name: String) in
                members.map {
                    bed.event(
                        "\(name)\($0.customerID)", of: $0.customerID, type: "loan.viewed",
                        properties: #"{"amount": 5000}"#)
                }
            }
            try await follow(events("a"), bed, replica)
            #expect(try await bed.count("SELECT count(*) FROM campaign.contact") == 0)
            _ = try await replica.client.startCampaign(.init(campaignID: id), options: CampaignBed.options())
            try await follow(events("b"), bed, replica)
            try await follow(events("c"), bed, replica)
            let campaign = try await bed.campaign(id, replica)
            #expect(campaign.held + (campaign.deliveries["reserved"] ?? 0) == 20)
            #expect(campaign.held > 0)
            #expect(Int64(try await bed.entries(EntryKind.held).count) == campaign.held)
        }
    }

    @Test("from the event to the worker that waits, every hand-over is woken: nothing waits until somebody looks")
    func wakesWorkers() async throws {
        let bed = try await CampaignBed.make {
            $0.claimLookInterval = .seconds(600)
            $0.consumer.lookInterval = .seconds(600)
            $0.consumer.lease = .seconds(2_400)
        }
        let replica = try bed.replica()
        let members = try await bed.addCustomers(3)
        try await bed.notifying {
            try await replica.running {
                _ = try await start(triggered(members, bed), bed, replica)
                for member in members {
                    let arrived = Mutex<[Int64]>([])
                    let worker = Task {
                        var options = CampaignBed.options(nil)
                        options.timeout = .seconds(600)
                        let claimed = try await replica.client.claimDeliveries(
                            .init(channel: "push", limit: 1, leaseMilliseconds: 60_000, worker: "test", wait: true),
                            options: options)
                        arrived.withLock { $0 = claimed.deliveries.map(\.customerID) }
                    }
                    defer { worker.cancel() }
                    _ = try await bed.track([
                        bed.event("a", of: member.customerID, type: "loan.viewed", properties: #"{"amount": 1000}"#)
                    ])
                    try await eventually("the contact at the worker") {
                        arrived.withLock { $0 } == [member.customerID]
                    }
                }
            }
        }
    }

    @Test("a conversion counts once for each campaign, within its time, and names the wave that reached the customer")
    func outcomes() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let members = try await bed.addCustomers(3)
        try await replica.running {
            let first = try await start(bed.plan(members), bed, replica)
            let second = try await bed.start(bed.plan(members, channel: "push"), replica)
            try await eventually("both waves") { try await bed.count("SELECT count(*) FROM campaign.contact") == 6 }
            while case let claimed = try await bed.claim(replica), !claimed.isEmpty {
                try await bed.report(claimed, .sent, replica)
            }
            let opened = bed.event("x", of: 1, type: "deposit.opened", properties: #"{"amount": 700}"#)
            try await follow([opened], bed, replica)
            try await follow(
                [opened, bed.event("y", of: 2, type: "deposit.opened", at: CampaignBed.start - 1)], bed, replica)
            let outcomes = try await bed.entries(EntryKind.outcome).map {
                try $0.body.unpacked(CampaignV1.Outcome.self)
            }
            #expect(Set(outcomes.compactMap(\.cut?.campaignID)) == [first, second])
            #expect(outcomes.count == 2 && outcomes.allSatisfy { $0.eventID == "x" && $0.valueMinor == 700 })
            let sent = outcomes.first { $0.cut?.campaignID == first }
            #expect(sent?.cut?.wave == 1 && sent?.cut?.channel == "sms")
            let waiting = outcomes.first { $0.cut?.campaignID == second }
            #expect(waiting?.cut?.wave == 0 && waiting?.cut?.channel == "", "not contacted yet")
        }
    }

    @Test(
        "an entry that cannot be applied is put aside with its reason, does not block the rest, and can be driven again"
    )
    func poison() async throws {
        let bed = try await CampaignBed.make { $0.consumer.retryPause = .milliseconds(10) }
        let replica = try bed.replica()
        let members = try await bed.addCustomers(30)
        let options = CampaignBed.options(CampaignBed.operatorOfAll)
        try await replica.running {
            _ = try await start(triggered(members, bed), bed, replica)
            // Without the row that is locked when contacts are counted nobody can be contacted.
            try await bed.administrator.execute("DELETE FROM campaign.contact_state WHERE customer_id = 7")
            try await follow(
                members.map {
                    bed.event(
                        "a\($0.customerID)", of: $0.customerID, type: "loan.viewed", properties: #"{"amount": 5000}"#)
                }, bed, replica)
            #expect(try await bed.count("SELECT count(*) FROM campaign.contact") == 29)
            let letter = try #require(
                try await replica.client.listDeadLetters(.init(), options: options).deadLetters.first)
            #expect(letter.kind == "log entry")
            try await bed.administrator.execute(
                "INSERT INTO campaign.contact_state SELECT partition, customer_id FROM profile.customer WHERE customer_id = 7"
            )
            try await bed.administrator.execute(
                "INSERT INTO campaign.stop_wish SELECT campaign_id, now() + interval '1 hour' FROM campaign.campaign")
            let stopping = await refusal {
                try await replica.client.redriveDeadLetter(.init(deadLetterID: letter.deadLetterID), options: options)
            }
            #expect(stopping?.code == .unavailable)
            try await bed.administrator.execute("DELETE FROM campaign.stop_wish")
            _ = try await replica.client.redriveDeadLetter(.init(deadLetterID: letter.deadLetterID), options: options)
            #expect(try await bed.count("SELECT count(*) FROM campaign.contact") == 30)
            #expect(try await replica.client.listDeadLetters(.init(), options: options).deadLetters.isEmpty)
        }
    }
}
