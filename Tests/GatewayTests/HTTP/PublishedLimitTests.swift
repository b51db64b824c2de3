internal import Foundation
internal import ProfileDomain
internal import SegmentationDomain
internal import ServiceKit
internal import Testing

@testable internal import GatewayService

/// What the document promises, tried on the rules of the services behind the gateway.
@Suite("Published limits")
struct PublishedLimitTests {
    private static func schemas() async throws -> [String: [String: Any]] {
        let routes = Route.all(try FakeSuite().clients(), readiness: Readiness(), metrics: MetricsRegistry())
        let route = try #require(routes.first { $0.operation == "openapi" })
        let bytes = try await route.serve(GatewayCall(parameters: [:], body: [], principal: nil, options: .init()))
        let document = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        let components = try #require(document["components"] as? [String: Any])
        return try #require(components["schemas"] as? [String: [String: Any]])
    }

    private static func member(_ name: String, of schema: String) async throws -> [String: Any] {
        let members = try #require(try await schemas()[schema]?["properties"] as? [String: [String: Any]])
        return try #require(members[name])
    }

    @Test("the longest text of a trait is taken, in Chinese too")
    func traitText() async throws {
        let traits = try await Self.member("traits", of: "Identify")
        let values = try #require(traits["additionalProperties"] as? [String: Any])
        let lengths = Self.longest(in: values)
        #expect(lengths.count == 1)
        let longest = try #require(lengths.first)
        let text = String(repeating: "汉", count: longest)
        #expect(try TraitValue.text(text).fitting(.text) == .text(text))
        #expect(throws: FieldProblem.self) { try TraitValue.text(text + "汉").fitting(.text) }
    }

    private static func longest(in schema: [String: Any]) -> [Int] {
        let choices = schema["anyOf"] as? [[String: Any]] ?? []
        return [schema["maxLength"] as? Int].compactMap(\.self) + choices.flatMap(longest)
    }

    @Test("the longest purpose and channel of a consent are taken")
    func consent() async throws {
        let purpose = try #require(try await Self.member("purpose", of: "Consent")["maxLength"] as? Int)
        let channel = try #require(try await Self.member("channel", of: "Consent")["maxLength"] as? Int)
        _ = try Consent(
            purpose: String(repeating: "a", count: purpose), channel: String(repeating: "a", count: channel),
            granted: true, validFrom: Date(timeIntervalSince1970: 1_772_416_800), validUntil: nil, source: "")
        #expect(throws: FieldProblem.self) {
            try Consent(
                purpose: String(repeating: "a", count: purpose + 1), channel: "*", granted: true,
                validFrom: Date(timeIntervalSince1970: 1_772_416_800), validUntil: nil, source: "")
        }
    }

    @Test("a manager is nothing or a staff number without control characters and blanks at its ends")
    func manager() throws {
        func identify(_ manager: String) throws {
            let body = #"{"identity": {"kind": "a", "value": "1"}, "manager": "\#(manager)"}"#
            _ = try CustomerShapes.identify.value(of: Array(body.utf8))
        }
        for taken in ["", "A7", "李 伟"] { try identify(taken) }
        for refused in [" ", "A7 ", #"a\u0007"#, String(repeating: "7", count: 65)] {
            #expect(throws: JSONProblem.self) { try identify(refused) }
        }
    }

    @Test("the deepest rule that segmentation takes comes through in both directions")
    func ruleDepth() throws {
        func nested(_ levels: Int) -> String {
            let test = #"{"trait": "a", "in": [{"time": "2026-03-02T02:00:00Z"}]}"#
            return (1..<levels).reduce(test) { inner, _ in #"{"and": [{"trait": "b", "known": true}, \#(inner)]}"# }
        }
        let deepest = nested(100)
        let rule = try LocatedRule(json: deepest).rule
        #expect(throws: RuleProblem.self) { try LocatedRule(json: nested(101)) }
        let draft = try SegmentShapes.create.value(of: Array(#"{"name": "a", "rule": \#(deepest)}"#.utf8))
        #expect(draft.rule?.form == .json(deepest))
        #expect(!rule.text.isEmpty)
        // Where nobody needs it, the limit is as it was, also behind a rule.
        let properties = String(repeating: #"{"a":"#, count: 40) + "1" + String(repeating: "}", count: 40)
        #expect(throws: JSONProblem.self) {
            try SegmentShapes.create.value(of: Array(#"{"rule": \#(deepest), "name": \#(properties)}"#.utf8))
        }
    }
}
