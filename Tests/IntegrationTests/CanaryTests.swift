internal import AsyncHTTPClient
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

    private static let mapping = """
        {"title": "One customer", "source": "core_banking", "customer_number": {"column": "number"},
         "office": {"constant": "/head/"},
         "columns": {
           "number": {"known": "before", "ignore": true},
           "name": {"known": "before", "trait": {"name": "name", "type": "text", "meaning": "Full name", "sensitivity": "C3"}},
           "phone": {"known": "before", "identity": "phone"},
           "certificate": {"known": "before", "identity": "certificate"}}}
        """

    @Test("stands in no log, no metric and no refusal")
    func canary() async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "zhike-test-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: root) }
        let suite = try await Suite.start(
            root: root, httpPort: nil, simulatedStart: Date(timeIntervalSince1970: 1_772_416_800), channels: [])
        let found: Result<[String: String], any Error>
        do {
            found = .success(try await Self.texts(suite, root))
        } catch {
            found = .failure(error)
        }
        await suite.stop()
        let texts = try found.get()
        // What is searched must be there: logs and metrics of five suite services, the log of Postgres, refusals.
        #expect(texts.count >= 11 + Self.bad.count)
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

    private static func texts(_ suite: Suite, _ root: URL) async throws -> [String: String] {
        var texts: [String: String] = [:]
        let folder = root.appending(path: "canary")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (file, mappingFile) = (folder.appending(path: "one.csv"), folder.appending(path: "one.json"))
        let row = "N1,\(name),\(phone),\(certificate)"
        // The second row is refused: its phone is the first one's.
        try "number,name,phone,certificate\n\(row)\nN2,\(name),\(phone),\n".write(
            to: file, atomically: true, encoding: .utf8)
        try mapping.write(to: mappingFile, atomically: true, encoding: .utf8)
        let imported = try await FileImport(clients: suite.clients, file: file, mappingFile: mappingFile)
            .run(receivedAt: Date(timeIntervalSince1970: 1_772_416_800))
        #expect(imported.accepted >= 1)

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
