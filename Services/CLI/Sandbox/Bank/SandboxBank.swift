public import Foundation

/// A bank that does not exist: offices, managers, customers, six months of behaviour, and a hidden model of who answers.
///
/// All of it follows from the seed, so a report can be compared with the truth that made it.
public struct SandboxBank: Sendable {
    public struct Office: Sendable {
        public var path: String
        public var name: String
        public var managers: [String]
    }

    public let seed: UInt64
    public let customerCount: Int
    /// The moment at which the bank is looked at; behaviour lies in the six months before it.
    public let now: Date
    public let offices: [Office]

    public init(seed: UInt64, customerCount: Int, now: Date) {
        self.seed = seed
        self.customerCount = customerCount
        self.now = now
        offices = Self.makeOffices()
    }

    public func customers() -> some Sequence<SandboxCustomer> {
        (1...customerCount).lazy.map(customer)
    }

    private static func makeOffices() -> [Office] {
        let branches = [
            ("pudong", "浦东分行"), ("xuhui", "徐汇分行"), ("hangzhou", "杭州分行"), ("suzhou", "苏州分行"), ("ningbo", "宁波分行"),
        ]
        return branches.enumerated().flatMap { branchIndex, branch in
            (1...4).map { outlet in
                let path = "/head/\(branch.0)/o\(outlet)/"
                let managers = (1...2).map { "M\(branchIndex + 1)\(outlet)\($0)" }
                return Office(path: path, name: "\(branch.1)第\(outlet)支行", managers: managers)
            }
        }
    }

    /// Branches and the head office above the outlets.
    public static let upperOffices: [(path: String, name: String)] = [
        ("/head/", "总行"), ("/head/pudong/", "浦东分行"), ("/head/xuhui/", "徐汇分行"), ("/head/hangzhou/", "杭州分行"),
        ("/head/suzhou/", "苏州分行"), ("/head/ningbo/", "宁波分行"),
    ]

    /// The customer with this number, from 1.
    public func customer(_ index: Int) -> SandboxCustomer {
        var random = SplitMix64(seed: seed, stream: UInt64(index))
        let isWoman = random.unit() < 0.52
        let age = min(90, max(18, Int(43 + 15 * random.normal())))
        let assets = exp(9.4 + 1.5 * random.normal() + 0.012 * Double(age))
        let office = random.pick(offices)
        let appDays = max(0, min(30, Int(18 - 0.25 * Double(age - 30) + 7 * random.normal())))
        let salaryHere = random.unit() < (age < 60 ? 0.45 : 0.1)
        let products = 1 + (0..<6).count { _ in random.unit() < 0.25 + (assets > 100_000 ? 0.2 : 0) }
        let since = now.addingTimeInterval(-86_400 * Double(30 + Int(random.unit() * 5_000)))
        var customer = SandboxCustomer(
            number: "S" + padded(index, 6), name: Names.full(isWoman: isWoman, &random),
            phone: "199" + padded(index * 7_919 % 100_000_000, 8), office: office.path,
            manager: random.pick(office.managers), gender: isWoman ? "female" : "male", age: age,
            city: random.pick(["上海", "杭州", "苏州", "宁波", "南京"]), tier: Self.tier(assets),
            occupation: random.pick(weighted: Self.occupations), riskLevel: 1 + Int(random.next() % 5),
            assets: (assets * 100).rounded() / 100, salaryHere: salaryHere, products: products,
            hasDeposit: random.unit() < 0.35, appDaysPerMonth: appDays, churnScore: 0, customerSince: since,
            allowsApp: random.unit() < 0.86, allowsSMS: random.unit() < 0.7, chanceHeld: 0, chanceContacted: 0)
        let churn = 1 / (1 + exp(1.2 + 0.08 * Double(appDays) + 0.3 * Double(products) - 0.8 * random.unit() * 3))
        customer.churnScore = (churn * 10_000).rounded() / 10_000
        ResponseModel.setChances(of: &customer)
        return customer
    }

    private static let occupations: [(String, Double)] = [
        ("employee", 40), ("manager", 10), ("self_employed", 14), ("civil_servant", 9), ("teacher", 6), ("retired", 15),
        ("student", 6),
    ]

    private static func tier(_ assets: Double) -> String {
        switch assets {
        case ..<50_000: "basic"
        case ..<300_000: "gold"
        case ..<1_000_000: "platinum"
        default: "private"
        }
    }

    /// Behaviour of one customer in the six months before `now`.
    public func events(of customer: SandboxCustomer) -> [SandboxEvent] {
        let index = UInt64(customer.number.dropFirst()) ?? 0
        var random = SplitMix64(seed: seed ^ 0xE7E7, stream: index)
        let count = customer.appDaysPerMonth / 2 + Int(random.unit() * 4)
        return (0..<count).map { number in
            let type = random.pick(weighted: [
                ("app.login", 60), ("transfer.sent", 14), ("fund.viewed", 10), ("deposit.viewed", 8),
                ("loan.viewed", 4), ("card.paid", 12),
            ])
            let amount =
                type == "transfer.sent" || type == "card.paid"
                ? (exp(5 + 1.2 * random.normal()) * 100).rounded() / 100 : nil
            let back = random.unit() * 182 * 86_400
            return SandboxEvent(
                customerNumber: customer.number, id: "\(customer.number)-\(number)", type: type,
                occurredAt: Date(timeIntervalSince1970: (now.timeIntervalSince1970 - back).rounded(.down)),
                amount: amount)
        }
    }
}

/// A number with leading zeros.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
