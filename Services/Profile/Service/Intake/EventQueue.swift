/// Batches that wait to be stored, oldest first. `Ticket` is what their senders are answered by.
struct EventQueue<Ticket> {
    struct Batch {
        var events: [LocatedEvent]
        var refused: [RefusedItem]
        var deadline: ContinuousClock.Instant
        var ticket: Ticket
    }

    private let groupLimit: Int
    private let nearDeadline: Duration
    private var batches: [Batch] = []
    private(set) var eventCount = 0

    /// - Parameters:
    ///   - groupLimit: Events in one transaction; a single batch may have more.
    ///   - nearDeadline: With less time left, a batch shares a group with its like alone.
    init(groupLimit: Int, nearDeadline: Duration) {
        self.groupLimit = groupLimit
        self.nearDeadline = nearDeadline
    }

    mutating func append(_ batch: Batch) {
        batches.append(batch)
        eventCount += batch.events.count
    }

    /// Takes out those that nobody waits for any more.
    mutating func takeExpired(at now: ContinuousClock.Instant) -> [Batch] {
        take { $0.deadline <= now }
    }

    /// Takes out what goes into the next transaction: the oldest, and of the others those whose deadlines are as near, or
    /// as far, as its own. Empty where nothing waits.
    ///
    /// A group runs under its earliest deadline, so that nothing is stored after its own; a near one may well pass, and
    /// then costs only its like a second try.
    mutating func takeGroup(at now: ContinuousClock.Instant) -> [Batch] {
        guard let oldest = batches.first else { return [] }
        let (near, limit) = (now + nearDeadline, groupLimit)
        let isNear = oldest.deadline < near
        var count = 0
        var isFull = false
        return take { batch in
            guard !isFull, (batch.deadline < near) == isNear else { return false }
            isFull = count > 0 && count + batch.events.count > limit
            if !isFull { count += batch.events.count }
            return !isFull
        }
    }

    private mutating func take(_ isWanted: (Batch) -> Bool) -> [Batch] {
        var taken: [Batch] = []
        var left: [Batch] = []
        for batch in batches {
            if isWanted(batch) { taken.append(batch) } else { left.append(batch) }
        }
        guard !taken.isEmpty else { return [] }
        batches = left
        eventCount -= taken.reduce(0) { $0 + $1.events.count }
        return taken
    }
}
