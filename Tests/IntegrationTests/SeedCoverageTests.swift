internal import Foundation
internal import KPIDomain
internal import Sandbox
internal import TestSupport
internal import Testing

@testable internal import ZhikeCommands

/// The sandbox bank's truth against what is measured, over many banks: a 95 % interval has to hold the truth about as
/// often as its name says, neither less (it lies) nor always (it is too wide to be of use).
@Suite("The effect measured over many banks")
struct SeedCoverageTests {
    private struct Measured {
        var contacted = (customers: Int64(0), converted: Int64(0))
        var held = (customers: Int64(0), converted: Int64(0))
        var truth = TrueEffect()

        var holdsTruth: Bool {
            guard
                let effect = Effect(
                    treatment: Proportion(converted: contacted.converted, customers: contacted.customers),
                    control: Proportion(converted: held.converted, customers: held.customers))
            else { return false }
            return effect.lowPoints <= truth.points && truth.points <= effect.highPoints
        }
    }

    /// What the demo does with a bank, by the rules alone: its segment, its consent, its control group, its answers.
    private static func measure(seed: UInt64, customers: Int) -> Measured {
        let bank = SandboxBank(
            seed: seed, customerCount: customers, now: Date(timeIntervalSince1970: 1_772_416_800))
        let plan = SandboxDemo.plan(seed: seed)
        var measured = Measured()
        for customer in bank.customers()
        where customer.appDaysPerMonth >= 8 && (20_000...800_000).contains(customer.assets) && customer.allowsApp {
            guard bank.events(of: customer).contains(where: { $0.type == "app.login" }) else { continue }
            measured.truth.add(customer)
            let isHeld = ControlGroup.isHeld(customer.number, salt: plan.salt, basisPoints: plan.controlBasisPoints)
            let isConverted = customer.converts(contacted: !isHeld, seed: seed)
            if isHeld {
                measured.held.customers += 1
                measured.held.converted += isConverted ? 1 : 0
            } else {
                measured.contacted.customers += 1
                measured.contacted.converted += isConverted ? 1 : 0
            }
        }
        return measured
    }

    @Test("its 95 % interval holds the truth in 90 to 99 of 100 seeds")
    func coverage() async throws {
        let seeds = TestTier.rounds(short: 20, long: 100)
        let customers = TestTier.isLong ? 50_000 : 4_000
        let held = await withTaskGroup(of: Bool.self) { group in
            for seed in 1...seeds {
                group.addTask { Self.measure(seed: UInt64(seed), customers: customers).holdsTruth }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        TestTier.report("the 95 % interval of \(customers) customers held the true effect in \(held) of \(seeds) seeds")
        #expect(held >= (seeds * 9 + 9) / 10)
        #expect(!TestTier.isLong || held <= 99)
    }
}
