internal import Contracts

/// A customer with what a bank knows of one: 20 traits (texts, numbers, flags, a time) and 10 tags.
enum ProfileSample {
    static let customer: ProfileV1.Customer = {
        let texts = [
            ("job", "technician"), ("marital", "married"), ("education", "university.degree"), ("city", "上海市"),
            ("tier", "gold"), ("segment", "mass affluent"), ("channel", "mobile"), ("risk_level", "R3"),
        ]
        var traits = texts.map { ProfileV1.Trait(name: $0, value: .text($1)) }
        for (index, name) in ["age", "products", "logins_30d", "cards", "visits_90d", "branch_years"].enumerated() {
            traits.append(.init(name: name, value: .integer(Int64(3 + index * 17))))
        }
        for (index, name) in ["aum", "deposit_ratio", "churn_score"].enumerated() {
            traits.append(.init(name: name, value: .decimal(1_234.5 * Double(index + 1))))
        }
        traits.append(.init(name: "payroll", value: .flag(true)))
        traits.append(.init(name: "mobile_active", value: .flag(true)))
        traits.append(.init(name: "opened_at", value: .timeMicros(1_467_331_200_000_000)))
        return ProfileV1.Customer(
            customerID: 40_017, officePath: "/head/east/pudong/", manager: "manager-0042",
            identities: [.init(kind: "customer_number", value: "40017")], traits: traits,
            tags: (1...10).map { "interest-\($0)" }, createdAtMicros: 1_467_331_200_000_000)
    }()
}
