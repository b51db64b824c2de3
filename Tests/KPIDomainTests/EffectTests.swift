import KPIDomain
import Testing

@Suite("The effect of a campaign")
struct EffectTests {
    /// Table II of Newcombe (1998), method 10, cases (a), (b), (c), (e), (g) and (h), as proportions.
    @Test(
        "agrees with the published examples",
        arguments: [
            (56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (6, 7, 2, 7, 0.0582, 0.8062),
            (0, 10, 0, 20, -0.1611, 0.2775), (10, 10, 0, 20, 0.6791, 1.0000), (10, 10, 0, 10, 0.6075, 1.0000),
        ])
    func published(x1: Int64, n1: Int64, x2: Int64, n2: Int64, low: Double, high: Double) throws {
        let effect = try #require(
            Effect(
                treatment: Proportion(converted: x1, customers: n1), control: Proportion(converted: x2, customers: n2)))
        #expect(abs(effect.lowPoints / 100 - low) < 0.00006)
        #expect(abs(effect.highPoints / 100 - high) < 0.00006)
    }

    @Test("holds the difference inside its interval and turns round when the arms change places")
    func symmetry() throws {
        for (x1, n1, x2, n2) in [(0, 5, 5, 5), (3, 1_000, 9, 20), (7, 7, 7, 7), (250, 9_600, 80, 2_400)] {
            let a = Proportion(converted: Int64(x1), customers: Int64(n1))
            let b = Proportion(converted: Int64(x2), customers: Int64(n2))
            let there = try #require(Effect(treatment: a, control: b))
            let back = try #require(Effect(treatment: b, control: a))
            #expect(there.lowPoints <= there.points && there.points <= there.highPoints)
            #expect(abs(there.lowPoints + back.highPoints) < 1e-9)
            #expect(there.isSignificant == back.isSignificant)
        }
    }

    @Test(
        "is significant where its interval leaves out 0, and not where 0 lies in it or at its edge",
        arguments: [
            (56, 70, 48, 80, true), (48, 80, 56, 70, true), (250, 9_600, 80, 2_400, false), (7, 7, 7, 7, false),
            (0, 10, 0, 20, false), (30, 100, 20, 100, false), (300, 1_000, 200, 1_000, true),
        ])
    func significance(x1: Int64, n1: Int64, x2: Int64, n2: Int64, isSignificant: Bool) throws {
        let effect = try #require(
            Effect(
                treatment: Proportion(converted: x1, customers: n1), control: Proportion(converted: x2, customers: n2)))
        #expect(effect.isSignificant == isSignificant)
    }

    @Test("has as lift the one rate over the other")
    func lift() throws {
        let treatment = Proportion(converted: 30, customers: 200)
        let control = Proportion(converted: 10, customers: 100)
        let effect = try #require(Effect(treatment: treatment, control: control))
        #expect(abs(try #require(effect.lift) - 1.5) < 1e-12)
        #expect(abs(effect.points - 5) < 1e-12)
        #expect(try #require(Effect(treatment: control, control: control)).lift == 1)
    }

    @Test("has no lift over a control group that never converts, and no effect against an empty one")
    func edges() {
        let some = Proportion(converted: 5, customers: 100)
        #expect(Effect(treatment: some, control: Proportion(converted: 0, customers: 100))?.lift == nil)
        #expect(Effect(treatment: some, control: Proportion(converted: 0, customers: 0)) == nil)
    }
}
