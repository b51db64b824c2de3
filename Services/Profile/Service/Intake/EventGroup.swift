internal import ProfileDomain

/// The events of several batches as they go into the log together.
///
/// Sorted by partition and customer, so that neighbours in the log are neighbours in its indexes: that halves the price of
/// an entry. A customer's own events keep the order in which they came.
struct EventGroup: Sendable {
    /// Unique per customer; a later one of the same id is a duplicate of the first.
    private(set) var events: [LocatedEvent] = []
    /// Where each of `events` stood among those given.
    private var places: [Int] = []
    /// The customer of each event given.
    private let customers: [Int64]

    init(_ given: [LocatedEvent]) {
        customers = given.map(\.key.customerID)
        let order = given.indices.sorted { left, right in
            let (one, other) = (given[left].key, given[right].key)
            return (one.partition, one.customerID, left) < (other.partition, other.customerID, right)
        }
        events.reserveCapacity(given.count)
        places.reserveCapacity(given.count)
        var ids: Set<ExactText> = []
        var customer: Int64?
        for place in order {
            if given[place].key.customerID != customer {
                customer = given[place].key.customerID
                ids.removeAll(keepingCapacity: true)
            }
            guard ids.insert(ExactText(given[place].event.id)).inserted else { continue }
            events.append(given[place])
            places.append(place)
        }
    }

    /// What became of each event given, in the order given.
    ///
    /// - Parameters:
    ///   - new: indexes in `events` of those that were stored.
    ///   - offsets: where each of them stands in the log.
    func outcomes(new: [Int], offsets: [Int64]) -> [EventOutcome] {
        var outcomes = customers.map { EventOutcome.duplicate(customerID: $0) }
        for (index, offset) in zip(new, offsets) {
            let key = events[index].key
            outcomes[places[index]] = .stored(
                customerID: key.customerID, partition: key.partition, offset: offset)
        }
        return outcomes
    }
}
