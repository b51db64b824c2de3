internal import Foundation
internal import ProfileDomain
internal import Sandbox
internal import Testing

@testable internal import ZhikeCommands

@Suite("The sandbox bank and the control group")
struct SandboxTests {
    private static let now = Date(timeIntervalSince1970: 1_772_416_800)

    @Test("is the same for the same seed and another for another")
    func seeds() {
        let names = { (seed: UInt64) in
            SandboxBank(seed: seed, customerCount: 50, now: Self.now).customers().map(\.name)
        }
        #expect(names(1) == names(1))
        #expect(names(1) != names(2))
    }

    @Test("gives every customer a phone of its own and chances that are probabilities")
    func plausible() {
        let customers = Array(SandboxBank(seed: 3, customerCount: 3_000, now: Self.now).customers())
        #expect(Set(customers.map(\.phone)).count == customers.count)
        #expect(customers.allSatisfy { (0...1).contains($0.chanceHeld) && (0...1).contains($0.chanceContacted) })
        #expect(customers.allSatisfy { (18...90).contains($0.age) })
    }

    @Test("holds those whose hash is below the share")
    func control() {
        let held = (1...10_000).filter { ControlGroup.isHeld("\($0)", salt: "s", basisPoints: 2_000) }
        #expect((1_850...2_150).contains(held.count))
        #expect(!(1...100).contains { ControlGroup.isHeld("\($0)", salt: "s", basisPoints: 0) })
        #expect((1...100).allSatisfy { ControlGroup.isHeld("\($0)", salt: "s", basisPoints: 10_000) })
    }

    @Test(
        "has mappings that can be read",
        arguments: ["bank-marketing", "hillstrom", "sandbox-customers", "sandbox-events"])
    func mappings(_ name: String) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "deploy/mappings/\(name).json")
        let mapping = try ImportMapping(json: Data(contentsOf: file))
        #expect(!mapping.columns.isEmpty)
    }
}
