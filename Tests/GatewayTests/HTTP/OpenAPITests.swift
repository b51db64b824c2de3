internal import Foundation
internal import ServiceKit
internal import Testing

@testable internal import GatewayService

@Suite("The published document")
struct OpenAPITests {
    private func document() async throws -> [String: Any] {
        let routes = Route.all(try FakeSuite().clients(), readiness: Readiness(), metrics: MetricsRegistry())
        let route = try #require(routes.first { $0.operation == "openapi" })
        let call = GatewayCall(parameters: [:], body: [], principal: nil, options: .init())
        let object = try JSONSerialization.jsonObject(with: Data(try await route.serve(call)))
        return try #require(object as? [String: Any])
    }

    @Test("names every route once, and nothing that is not served")
    func routes() async throws {
        let routes = Route.all(try FakeSuite().clients(), readiness: Readiness(), metrics: MetricsRegistry())
        #expect(Set(routes.map(\.operation)).count == routes.count)
        #expect(Set(routes.map { "\($0.method.rawValue) \($0.path.text)" }).count == routes.count)
        let paths = try #require(try await document()["paths"] as? [String: [String: Any]])
        let published = paths.flatMap { path, operations in
            operations.keys.map { "\($0.uppercased()) \(path)" }
        }
        #expect(Set(published) == Set(routes.map { "\($0.method.rawValue) \($0.path.text)" }))
    }

    @Test("every operation says that a body may be too large, as also one is where none belongs")
    func bodies() async throws {
        let paths = try #require(try await document()["paths"] as? [String: [String: [String: Any]]])
        for (path, operations) in paths {
            for (method, operation) in operations {
                let responses = operation["responses"] as? [String: Any]
                #expect(responses?["413"] != nil, "\(method) \(path)")
            }
        }
    }

    @Test("every place of a path is a declared parameter, and the other way round")
    func places() throws {
        for route in Route.all(try FakeSuite().clients(), readiness: Readiness(), metrics: MetricsRegistry()) {
            let places = route.path.parts.compactMap { part in
                if case .place(let name) = part { name } else { nil }
            }
            #expect(Set(places) == Set(route.parameters.filter { $0.place == .path }.map(\.name)))
        }
    }

    @Test("every reference leads to a schema, and no two schemas share a name")
    func references() async throws {
        let document = try await document()
        let components = try #require(document["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: Any])
        let referred = Self.references(in: document)
        #expect(referred.count > 30)
        for name in referred { #expect(schemas[name] != nil, "\(name)") }
        #expect(Set(schemas.keys) == referred)
        for name in referred { #expect((schemas[name] as? [String: Any])?["$ref"] == nil) }
    }

    @Test("a rule is published part by part, and holds itself")
    func ruleSchema() async throws {
        let components = try #require(try await document()["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: [String: Any]])
        let rule = try #require(schemas["Rule"])
        let choices = try #require(rule["anyOf"] as? [[String: Any]])
        let members = choices.flatMap { ($0["properties"] as? [String: Any] ?? [:]).keys }
        #expect(members == ["and", "or", "not"])
        #expect(Self.references(in: rule) == ["Rule", "TraitRule", "EventRule"])
        let tests = try #require(schemas["TraitRule"]?["anyOf"] as? [[String: Any]])
        #expect(tests.count == 9 && tests.allSatisfy { ($0["required"] as? [String])?.first == "trait" })
    }

    @Test("schemas of one name are one schema")
    func schemaNames() throws {
        var texts: [String: Set<String>] = [:]
        for route in Route.all(try FakeSuite().clients(), readiness: Readiness(), metrics: MetricsRegistry()) {
            for schema in [route.body, route.reply.schema].compactMap(\.self) { Self.gather(schema, &texts) }
        }
        #expect(texts.count > 30)
        for (name, forms) in texts { #expect(forms.count == 1, "\(name)") }
    }

    /// Adds the written form of every named schema within `schema`.
    private static func gather(_ schema: JSONSchema, _ texts: inout [String: Set<String>]) {
        switch schema {
        case .named(let name, let inner):
            var writer = JSONWriter()
            var named: [String: JSONSchema] = [:]
            inner.write(to: &writer, named: &named)
            texts[name, default: []].insert(String(decoding: writer.bytes, as: UTF8.self))
            gather(inner, &texts)
        case .array(let element, _): gather(element, &texts)
        case .object(let members, _): for member in members { gather(member.schema, &texts) }
        case .map(let value, let keys, _): for part in [value, keys] { gather(part, &texts) }
        case .anyOf(let choices): for choice in choices { gather(choice, &texts) }
        case .described(_, let inner): gather(inner, &texts)
        default: break
        }
    }

    @Test("all but the gateway's word about itself asks for a token")
    func security() throws {
        let routes = Route.all(try FakeSuite().clients(), readiness: Readiness(), metrics: MetricsRegistry())
        let open = routes.filter { if case .open = $0.access { true } else { false } }
        #expect(Set(open.map(\.path.text)) == ["/healthz", "/metrics", "/openapi.json"])
    }

    @Test("the gateway tells of itself without a token, and of what is not well")
    func health() async throws {
        let readiness = Readiness()
        try await withGateway(FakeSuite(), readiness: readiness) { gateway in
            #expect(try await gateway.send(.GET, "/healthz", token: "").text == #"{"status":"ok"}"#)
            #expect(try await gateway.send(.GET, "/openapi.json", token: "").status == 200)
            #expect(try await gateway.send(.GET, "/metrics", token: "").status == 200)
            readiness.add(ReadinessCheck("campaign") { "no answer" })
            let answer = try await gateway.send(.GET, "/healthz", token: "")
            #expect(answer.status == 503)
            #expect(try answer.member("detail") == "Not ready: campaign.")
        }
    }

    private static func references(in value: Any) -> Set<String> {
        switch value {
        case let object as [String: Any]:
            object.reduce(into: []) { found, member in
                if member.key == "$ref", let text = member.value as? String {
                    found.insert(String(text.dropFirst("#/components/schemas/".count)))
                } else {
                    found.formUnion(references(in: member.value))
                }
            }
        case let array as [Any]: array.reduce(into: []) { $0.formUnion(references(in: $1)) }
        default: []
        }
    }
}
