private import Foundation

/// Converted customers out of all customers of an arm.
public struct Proportion: Sendable, Hashable {
    public let converted: Int64
    public let customers: Int64

    public init(converted: Int64, customers: Int64) {
        precondition(converted >= 0 && customers >= converted, "an arm cannot convert more customers than it has")
        self.converted = converted
        self.customers = customers
    }

    /// 0 for an arm without customers.
    public var rate: Double { customers == 0 ? 0 : Double(converted) / Double(customers) }
}

/// What a treatment changed: the difference of two conversion rates with its 95 % interval.
///
/// The interval is Newcombe's hybrid score method (method 10): the Wilson bounds of both rates are combined by squares. It
/// keeps its level for small arms and rates near 0 or 1, where the textbook interval fails.
/// Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
/// methods", Statistics in Medicine 17 (1998) 873-890.
public struct Effect: Sendable, Hashable {
    /// Treatment rate minus control rate, in percentage points.
    public let points: Double
    public let lowPoints: Double
    public let highPoints: Double
    /// Treatment rate over control rate; nil where the control rate is 0.
    public let lift: Double?

    /// Whether the interval leaves out 0.
    public var isSignificant: Bool { lowPoints > 0 || highPoints < 0 }

    /// nil where one of the arms is empty: there is nothing to compare.
    public init?(treatment: Proportion, control: Proportion) {
        guard treatment.customers > 0, control.customers > 0 else { return nil }
        let first = WilsonInterval(successes: treatment.converted, trials: treatment.customers)
        let second = WilsonInterval(successes: control.converted, trials: control.customers)
        let difference = treatment.rate - control.rate
        let below = hypotenuse(treatment.rate - first.low, second.high - control.rate)
        let above = hypotenuse(first.high - treatment.rate, control.rate - second.low)
        points = 100 * difference
        lowPoints = 100 * (difference - below)
        highPoints = 100 * (difference + above)
        lift = control.converted == 0 ? nil : treatment.rate / control.rate
    }
}

private func hypotenuse(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
