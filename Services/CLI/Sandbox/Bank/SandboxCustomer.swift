public import Foundation

/// A customer of the sandbox bank: who it is, and how it would answer with and without a contact, which only the sandbox
/// knows.
public struct SandboxCustomer: Sendable {
    /// "S" and six digits.
    public var number: String
    public var name: String
    public var phone: String
    public var office: String
    public var manager: String
    public var gender: String
    public var age: Int
    public var city: String
    public var tier: String
    public var occupation: String
    public var riskLevel: Int
    /// Money in CNY.
    public var assets: Double
    public var salaryHere: Bool
    public var products: Int
    public var hasDeposit: Bool
    public var appDaysPerMonth: Int
    public var churnScore: Double
    public var customerSince: Date
    public var allowsApp: Bool
    public var allowsSMS: Bool
    /// Probability of the conversion within the window without and with a contact: the hidden truth.
    public var chanceHeld: Double
    public var chanceContacted: Double

    /// Whether the customer converts, drawn once per arm so that a rerun with the same seed agrees.
    public func converts(contacted: Bool, seed: UInt64) -> Bool {
        var random = SplitMix64(seed: seed ^ 0xC0FF_EE00, stream: UInt64(number.dropFirst()) ?? 0)
        return random.unit() < (contacted ? chanceContacted : chanceHeld)
    }
}

/// Something a customer of the sandbox bank did.
public struct SandboxEvent: Sendable {
    public var customerNumber: String
    public var id: String
    public var type: String
    public var occurredAt: Date
    /// CNY; nil for events without an amount.
    public var amount: Double?
}
