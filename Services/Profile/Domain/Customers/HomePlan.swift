/// Which customer each row of a batch is about.
///
/// A row's identities name one customer: if none is known yet, a new one; if one is known, that one, and the others are
/// linked to it; if two are known as different customers, the row is refused, because joining customers is a merge. So is
/// a row that would give a customer a second number of the bank: two customers who share a phone are two. A row that names
/// a customer the sender may not touch is refused whole, whatever else it names.
public struct HomePlan: Sendable {
    /// One per row: the customer, or what is wrong.
    public private(set) var homes: [Result<Int64, FieldProblem>] = []
    /// Identities to be claimed and linked, in the order of the rows.
    public private(set) var links: [(identity: Identity, home: Int64)] = []
    /// Customers to be created, in the order of the rows, with the index of the row that brings each in.
    public private(set) var created: [(home: Int64, row: Int)] = []

    /// Why a row is refused that names a customer of `elsewhere`: to its sender the customer does not exist.
    public static let elsewhere = FieldProblem(
        field: "identities", code: "unknown_customer",
        reason: "These identities name no customer you may see; let an office above yours bring the row in.")

    /// Why a row is refused whose customer has another number already, or that brings two.
    public static let secondNumber = FieldProblem(
        field: "identities", code: "second_number",
        reason:
            "A customer has one customer number, and this row would give a second; leave out what two customers share.")

    private static let twoCustomers = FieldProblem(
        field: "identities", code: "two_customers",
        reason: "These identities belong to two customers; customers cannot be merged yet.")

    private static let noOffice = FieldProblem(
        field: "office_path", code: "office_path",
        reason: "Name the office of a new customer: your own or one below it.")

    /// - Parameters:
    ///   - rows: Identities of each row, at least one.
    ///   - known: Homes of those identities that have one.
    ///   - newIDs: At least as many as rows without a known identity; those not needed are lost, which is allowed.
    ///   - numbered: Those of the known homes that have a customer number. Rows that link nothing new need not be told.
    ///   - elsewhere: Those of the known homes that the sender may not touch.
    ///   - mayNotCreate: Rows that name no office, by their index, of a sender who stands below the head office.
    public init(
        rows: [[Identity]], known: [Identity: Int64], newIDs: [Int64], numbered: Set<Int64> = [],
        elsewhere: Set<Int64> = [], mayNotCreate: Set<Int> = []
    ) {
        var homeOf = known
        var numbered = numbered
        var unused = newIDs.makeIterator()
        for (index, identities) in rows.enumerated() {
            let candidates = Set(identities.compactMap { homeOf[$0] })
            guard candidates.isDisjoint(with: elsewhere) else {
                homes.append(.failure(Self.elsewhere))
                continue
            }
            guard candidates.count < 2 else {
                homes.append(.failure(Self.twoCustomers))
                continue
            }
            let newNumbers = Set(
                identities.filter { $0.kind == Identity.customerNumberKind && homeOf[$0] == nil })
            let hasNumber = candidates.first.map(numbered.contains) ?? false
            guard newNumbers.count <= (hasNumber ? 0 : 1) else {
                homes.append(.failure(Self.secondNumber))
                continue
            }
            let home: Int64
            if let candidate = candidates.first {
                home = candidate
            } else if mayNotCreate.contains(index) {
                homes.append(.failure(Self.noOffice))
                continue
            } else {
                guard let id = unused.next() else { preconditionFailure("fewer new ids than rows that need one") }
                home = id
                created.append((home, index))
            }
            for identity in identities where homeOf[identity] == nil {
                homeOf[identity] = home
                links.append((identity, home))
            }
            if !newNumbers.isEmpty { numbered.insert(home) }
            homes.append(.success(home))
        }
    }

    /// How many new ids a batch may need at most.
    public static func newIDsNeeded(rows: [[Identity]], known: [Identity: Int64]) -> Int {
        rows.count { row in row.allSatisfy { known[$0] == nil } }
    }
}
