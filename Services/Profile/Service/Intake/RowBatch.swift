internal import ProfileDomain

/// The accepted rows of a batch, taken apart by kind. Where several rows are about one customer the last value stands; which
/// of its consents does, what was said before decides.
struct RowBatch: Sendable {
    private(set) var assignments: [NewCustomer] = []
    /// In the order of the rows.
    private(set) var consents: [LocatedConsent] = []
    private(set) var traits: [LocatedTraits] = []
    private(set) var events: [LocatedEvent] = []

    init(rows: [ImportRow], homes: [Result<Int64, FieldProblem>]) {
        var assignmentOf: [Int64: NewCustomer] = [:]
        var traitsOf: [Int64: LocatedTraits] = [:]
        for (row, home) in zip(rows, homes) {
            guard case .success(let id) = home else { continue }
            let key = CustomerKey(customerID: id)
            if row.office != .none || !row.manager.isEmpty {
                let none = NewCustomer(key: key, customerNumber: nil, office: .none, manager: "")
                if row.office != .none { assignmentOf[id, default: none].office = row.office }
                if !row.manager.isEmpty { assignmentOf[id, default: none].manager = row.manager }
            }
            consents += row.consents.map { LocatedConsent(key: key, consent: $0) }
            if !row.traits.isEmpty {
                traitsOf[id, default: LocatedTraits(key: key, values: [:])].values.merge(row.traits) { $1 }
            }
            events += row.events.map { LocatedEvent(key: key, event: $0) }
        }
        assignments = assignmentOf.values.sorted { $0.key.customerID < $1.key.customerID }
        traits = traitsOf.values.sorted {
            ($0.key.partition, $0.key.customerID) < ($1.key.partition, $1.key.customerID)
        }
    }

    /// Keeps the first of events with the same id of the same customer.
    mutating func removeRepeatedEvents() {
        var seen: Set<EventKey> = []
        events = events.filter { seen.insert(EventKey($0)).inserted }
    }
}

/// What makes an event unique.
struct EventKey: Hashable {
    let customerID: Int64
    let eventID: ExactText

    init(_ located: LocatedEvent) {
        customerID = located.key.customerID
        eventID = ExactText(located.event.id)
    }
}
