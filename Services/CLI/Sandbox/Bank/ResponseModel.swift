private import Foundation

/// The hidden truth of the sandbox bank: who buys a deposit by itself, and who more when contacted.
///
/// A logistic model; a contact moves some customers much (active in the app, savers without a deposit) and some not at all.
enum ResponseModel {
    static func setChances(of customer: inout SandboxCustomer) {
        let base =
            -3.1 + 0.25 * log(max(1, customer.assets) / 50_000) + (customer.hasDeposit ? 0.5 : 0)
            + (customer.salaryHere ? 0.35 : 0) - 2 * customer.churnScore
        let pull =
            0.15 + 0.025 * Double(customer.appDaysPerMonth) + (customer.hasDeposit ? -0.2 : 0.25)
            + (customer.age < 35 ? 0.2 : 0)
        customer.chanceHeld = logistic(base)
        customer.chanceContacted = logistic(base + pull)
    }

    private static func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}
