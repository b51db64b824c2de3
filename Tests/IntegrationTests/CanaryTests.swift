internal import AsyncHTTPClient
internal import Contracts
internal import Foundation
internal import NIOCore
internal import RPC
internal import TestSupport
internal import Testing

@testable internal import ZhikeCommands

/// One customer whose name, phone and certificate occur nowhere else goes through the suite, in good calls and in bad
/// ones; afterwards its data must stand in no log, metric or refusal.
@Suite("A customer's personal data")
struct CanaryTests {
    private static let name = "金丝雀"
    private static let phone = "19900001117"
    private static let certificate = "310101199003077715"

    private static let start = Date(timeIntervalSince1970: 1_772_416_800)

    private static let mapping = """
        {"title": "One customer", "source": "core_banking", "customer_number": {"column": "number"},
         "office": {"constant": "/head/"},
         "columns": {
           "number": {"known": "before", "ignore": true},
           "name": {"known": "before", "trait": {"name": "name", "type": "text", "meaning": "Full name", "sensitivity": "C3"}},
           "salutation": {"known": "before",
             "trait": {"name": "salutation", "type": "text", "meaning": "How to call them", "sensitivity": "C1"}},
           "phone": {"known": "before", "identity": "phone"},
           "certificate": {"known": "before", "identity": "certificate"}},
         "consents": [{"purpose": "marketing", "channel": "mobile_bank", "granted": true}]}
        """

    /// Its rule names the customer, so that whoever writes rules down writes down whom.
    private static let plan = CampaignRun.Plan(
        name: "One customer", rule: "salutation = \"\(name)\"",
        offer: CampaignV1.Offer(code: "card", productCode: "card", title: "Card", text: "A card."),
        product: CampaignV1.Product(code: "card", name: "Card", class: "card"),
        channel: "mobile_bank", controlBasisPoints: 0, salt: "canary", conversionEvent: "card.opened", windowDays: 30,
        valueProperty: "", currency: "CNY")

    @Test("stands in no log, no metric and no refusal")
    func canary() async throws {
        let texts = try await RunningSuite.with(channel: Self.plan.channel, start: Self.start) { suite, simulator in
            let texts = try await Self.texts(suite)
            // The message did go out, so what could be written about it was.
            #expect(simulator.takenKeys.count == 1)
            return texts
        }
        // What is searched must be there: logs and metrics of five suite services, the log of Postgres, refusals.
        #expect(texts.count >= 11 + Self.bad.count + Self.badOfMarketer.count)
        for (place, text) in texts {
            #expect(!text.isEmpty, "\(place) is empty")
            for value in [Self.name, Self.phone, Self.certificate] {
                #expect(!text.contains(value), "personal data in \(place)")
            }
        }
    }

    /// Bodies that are refused, each holding the customer's data where something else is expected.
    private static let bad: [(path: String, body: String)] = [
        ("/v1/track", #"{"event_id": "1", "customer": {"kind": "phone", "value": "\#(phone)"}, "type": "\#(name)!"}"#),
        ("/v1/track", #"{"\#(certificate)": 1}"#),
        ("/v1/track", #"{"event_id": "\#(phone)", "event_id": "\#(phone)"}"#),
        ("/v1/track", "{\(certificate)"),
        ("/v1/identify", #"{"identity": {"kind": "\#(certificate)", "value": "\#(phone)"}}"#),
        ("/v1/identify", #"{"identity": {"kind": "phone", "value": {"x": "\#(phone)"}}}"#),
        (
            "/v1/alias",
            #"{"customer": {"kind": "phone", "value": "\#(phone)"}, "identity": {"kind": "phone", "value": 5}}"#
        ),
        // Both are customers already.
        (
            "/v1/alias",
            """
            {"customer": {"kind": "customer_number", "value": "N3"},
             "identity": {"kind": "phone", "value": "\(phone)"}}
            """
        ),
        ("/v1/\(phone)", "{}"),
    ]

    /// Rules and plans that are refused, or answered with what is wrong with them.
    private static let badOfMarketer: [(path: String, body: String)] =
        [
            #"salutation = "\#(name)"#, #"salutation = "\#(name)" "\#(certificate)""#,
            "salutation = \(phone)", "salutation between \(phone) and \(certificate)", "\(phone) = 1",
            #"events("\#(phone)", last \#(phone) days) >= 1"#, #"salutation in ("\#(name)", \#(phone), )"#,
        ].map { rule in
            ("/v1/segments/check", "{\"rule\": \"\(rule.replacing("\"", with: "\\\""))\"}")
        } + [
            (
                "/v1/segments/check",
                #"{"rule": {"trait": "salutation", "is": "\#(name)", "\#(certificate)": "\#(phone)"}}"#
            ),
            ("/v1/segments", #"{"name": "\#(name)", "rule": "salutation = \#(phone)"}"#),
            ("/v1/segments/1/test", #"{"customer": {"kind": "phone", "value": "+\#(phone)\#(phone)"}}"#),
            ("/v1/campaigns", plan(trigger: #"{"property": "\#(phone)", "operator": "=", "value": "\#(name)"}"#)),
            ("/v1/campaigns", plan(trigger: #"{"property": "name", "operator": "\#(name)", "value": \#(phone)}"#)),
            ("/v1/campaigns", plan(trigger: #"{"property": "name", "operator": "<", "value": "\#(name)"}"#)),
            ("/v1/campaigns", plan(trigger: #"{"property": "name", "operator": "known", "value": "\#(name)"}"#)),
            ("/v1/campaigns/1/approve", #"{"version": 1, "reason": "\#(name)"}"#),
        ]

    private static func plan(trigger condition: String) -> String {
        """
        {"name": "\(name)", "offer_code": "\(phone)", "purpose": "marketing", "snapshot_id": \(phone),
         "control_basis_points": 0, "conversion_event_type": "card.opened", "conversion_window_seconds": 60,
         "triggers": [{"event_type": "app.login", "conditions": [\(condition)], "channel": "mobile_bank"}]}
        """
    }

    private static func texts(_ suite: Suite) async throws -> [String: String] {
        var texts: [String: String] = [:]
        let folder = suite.folder.root.appending(path: "canary")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (file, mappingFile) = (folder.appending(path: "one.csv"), folder.appending(path: "one.json"))
        let row = "N1,\(name),\(name),\(phone),\(certificate)"
        // The second row is refused: its phone is the first one's.
        try "number,name,salutation,phone,certificate\n\(row)\nN2,\(name),,\(phone),\n".write(
            to: file, atomically: true, encoding: .utf8)
        try mapping.write(to: mappingFile, atomically: true, encoding: .utf8)
        let imported = try await FileImport(clients: suite.clients, file: file, mappingFile: mappingFile)
            .run(receivedAt: start)
        #expect(imported.accepted >= 1)
        let run = CampaignRun(suite: suite, start: start)
        _ = try await run.run(plan, run.freeze(plan, after: imported.position))

        let issuer = try await TokenIssuer(keyFile: suite.folder.tokenKey)
        let token = try await issuer.token(for: Principal(user: "core-banking", roles: ["channel"], officePath: "/"))
        let gateway = GatewayClient(address: suite.address, token: token)
        _ = try await gateway.post(
            "/v1/track",
            [
                "event_id": "e-1", "customer": ["kind": "phone", "value": phone], "type": "app.login",
                "occurred_at": "2026-03-02T02:00:00Z", "properties": ["name": name, "certificate": certificate],
            ], idempotencyKey: "e-1")
        let other = ["kind": "customer_number", "value": "N3"]
        _ = try await gateway.post("/v1/identify", ["identity": other], idempotencyKey: "i-1")
        _ = try await gateway.post(
            "/v1/alias",
            ["customer": ["kind": "phone", "value": phone], "identity": ["kind": "device", "value": "\(name)-1"]],
            idempotencyKey: "a-1")
        for (index, one) in bad.enumerated() {
            let answer = try await send(suite.address + one.path, token, one.body)
            #expect((400..<500).contains(answer.status), "\(one.path) \(index) answered \(answer.status)")
            texts["refusal \(index) of \(one.path.replacing(phone, with: "…"))"] = answer.text
        }
        let marketer = try await issuer.token(for: Person.maker)
        for (index, one) in badOfMarketer.enumerated() {
            let answer = try await send(suite.address + one.path, marketer, one.body)
            // A rule that is only asked about is answered with what is wrong with it.
            #expect((400..<500).contains(answer.status) || answer.text.contains(#""valid":false"#))
            texts["answer \(index) of \(one.path), \(answer.status)"] = answer.text
        }
        for service in SuiteFolder.services {
            texts["the metrics of \(service)"] = try await metrics(of: service, suite)
            texts["the log of \(service)"] = try String(
                contentsOf: suite.folder.logs.appending(path: "\(service).log"), encoding: .utf8)
        }
        texts["the log of Postgres"] = try String(
            contentsOf: suite.folder.postgres.appending(path: "postgres.log"), encoding: .utf8)
        return texts
    }

    private static func send(_ url: String, _ token: String, _ body: String) async throws -> (status: Int, text: String)
    {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    private static func metrics(of service: String, _ suite: Suite) async throws -> String {
        struct Settings: Decodable {
            struct Health: Decodable { var port: Int }
            var health: Health
        }
        let settings = try JSONDecoder().decode(
            Settings.self, from: try Data(contentsOf: suite.folder.settings(of: service)))
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: "http://127.0.0.1:\(settings.health.port)/metrics"), timeout: .seconds(20))
        return String(buffer: try await response.body.collect(upTo: 1 << 22))
    }
}
