internal import ArgumentParser
internal import Contracts
internal import Foundation
internal import RPC
internal import Testing

@testable internal import ZhikeCommands

@Suite("the plan of a campaign at the terminal")
struct CampaignPlanTests {
    @Test(
        "writes a trigger as it was read",
        arguments: [
            "push: card.paid", "push: card.paid if vip known",
            "sms: app.login if amount >= 500 and city = \"Shanghai\"",
            "sms: a.b if name = \"a \\\"b\\\" \\\\ c\" and x != -1.5 and y = true and z < 3",
        ])
    func triggers(_ text: String) throws {
        #expect(try TriggerText(text).text == text)
    }

    @Test("reads a trigger without blanks around its operators")
    func tight() throws {
        let trigger = try TriggerText("push: card.paid if amount>=500").trigger
        #expect(trigger.channel == "push" && trigger.eventType == "card.paid")
        #expect(trigger.conditions.first?.operator == ">=" && trigger.conditions.first?.value == .number(500))
    }

    @Test(
        "refuses a trigger that says too little or too much",
        arguments: [
            "", "push", "push:", "push card.paid", "push: card.paid when x = 1", "push: card.paid if",
            "push: card.paid if x", "push: card.paid if x ~ 1", "push: card.paid if x = ", "push: card.paid if x = \"a",
            "push: card.paid if x = 1 or y = 2", "push: card.paid if x = word",
        ])
    func badTriggers(_ text: String) {
        #expect(throws: ValidationError.self) { try TriggerText(text) }
    }

    @Test("reads a plan from JSON, and an option goes over the file")
    func file() throws {
        let file = try CampaignFile(
            json: Data(
                #"""
                {"plan": {"name": "n", "snapshot_id": 4, "control_basis_points": 2000,
                          "conversion_window_seconds": 86400,
                          "waves": [{"channel": "sms"}, {"channel": "push", "starts_at": "2026-03-02T02:00:00Z"}],
                          "triggers": [{"event_type": "a.b", "channel": "sms",
                                        "conditions": [{"property": "x", "operator": "=", "value": true}]}]},
                 "offer": {"code": "o", "product_code": "p", "title": "t"}}
                """#.utf8))
        #expect(file.change.waves?.map(\.number) == [1, 2] && file.change.conversionWindowMicros == 86_400_000_000)
        #expect(file.change.waves?[1].startsAtMicros == 1_772_416_800_000_000)
        #expect(file.change.triggers?[0].conditions[0].value == .flag(true))
        #expect(file.offer?.productCode == "p" && file.product == nil)
        var plan = CampaignV1.CampaignPlan(purpose: "marketing")
        file.change.apply(to: &plan)
        #expect(plan.purpose == "marketing" && plan.name == "n" && plan.controlBasisPoints == 2_000)
        let options = try PlanOptions.parse(["--control", "12.5%", "--wave", "sms@2026-03-02T02:00:00Z"])
        #expect(try options.file().change.controlBasisPoints == 1_250)
        #expect(try options.file().change.waves?.first?.startsAtMicros == 1_772_416_800_000_000)
    }

    @Test(
        "names the member of a file that is wrong",
        arguments: [
            (#"{"plan": {"nam": "n"}}"#, "plan.nam"), (#"{"plan": {"snapshot_id": "4"}}"#, "plan.snapshot_id"),
            (#"{"plan": {"snapshot_id": true}}"#, "plan.snapshot_id"),
            (#"{"plan": {"waves": {}}}"#, "plan.waves"),
            (#"{"plan": {"waves": [{"channel": "sms", "starts_at": "soon"}]}}"#, "plan.waves[0].starts_at"),
            (#"{"plan": {}, "offers": {}}"#, "offers"), (#"{"name": 3}"#, "name"),
        ])
    func wrongFiles(_ json: String, _ member: String) {
        #expect {
            try CampaignFile(json: Data(json.utf8))
        } throws: { ($0 as? RuntimeError)?.message.hasPrefix("\(member): ") == true }
    }

    @Test("gives back as JSON what it can read")
    func roundTrip() throws {
        let plan = CampaignV1.CampaignPlan(
            name: "n", officePath: "/head/", offerCode: "o", purpose: "p", snapshotID: 4, controlBasisPoints: 2_000,
            salt: "s", conversionEventType: "a.b", conversionWindowMicros: 86_400_000_000, valueProperty: "v",
            currency: "CNY", waves: [CampaignV1.Wave(number: 1, channel: "sms", startsAtMicros: 1_772_416_800_000_000)],
            triggers: [try TriggerText("push: c.d if x >= 5 and y = \"z\" and w known").trigger])
        let text = try CampaignText(campaign: CampaignV1.Campaign(campaignID: 7, plan: plan)).json()
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let shown = try JSONSerialization.data(withJSONObject: object?["plan"] ?? [:])
        var read = CampaignV1.CampaignPlan()
        try CampaignFile(json: shown).change.apply(to: &read)
        #expect(read == plan)
    }

    @Test("asks for the parts that a product or an offer lacks")
    func offers() throws {
        let options = try OfferOptions.parse(["--offer-title", "t"])
        #expect {
            try options.over(CampaignFile())
        } throws: { ($0 as? ValidationError)?.message.contains("--offer") == true }
        var file = CampaignFile()
        file.change.offerCode = "o"
        let full = try OfferOptions.parse([
            "--offer-title", "t", "--product", "p", "--product-name", "n", "--product-class", "deposit",
        ]).over(file)
        #expect(full.offer == CampaignV1.Offer(code: "o", productCode: "p", title: "t", text: ""))
        #expect(full.product == CampaignV1.Product(code: "p", name: "n", class: "deposit"))
    }

    @Test("reads caps and quiet hours, and refuses others")
    func policy() throws {
        #expect(
            try PolicyText.cap("sms=3/7d")
                == CampaignV1.Cap(channel: "sms", contacts: 3, windowMicros: 7 * 86_400_000_000))
        #expect(
            try PolicyText.quietHours("*=21:00-08:30")
                == CampaignV1.QuietHours(channel: "*", fromMinute: 1_260, untilMinute: 510))
        for wrong in ["sms", "sms=3", "sms=3/7", "sms=x/7d"] {
            #expect(throws: ValidationError.self) { try PolicyText.cap(wrong) }
        }
        for wrong in ["sms=21-8", "sms=25:00-08:00", "sms=21:0-08:00", "sms=21:00"] {
            #expect(throws: ValidationError.self) { try PolicyText.quietHours(wrong) }
        }
    }
}
