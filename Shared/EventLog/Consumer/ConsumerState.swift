/// What a member knows of its partitions, and which entries it takes next. Decisions alone, no I/O.
struct ConsumerState {
    private(set) var leases: [Int16: CursorStorage.Lease] = [:]
    /// Partitions whose next entry failed: how often, and when it may be tried again.
    private var failures: [Int16: (count: Int, retryAt: ContinuousClock.Instant)] = [:]
    /// How often what is known of the cursors may have ceased to stand, and how many of these doubts the database has
    /// answered. Counted, because an answer may be older than a doubt that arose while it was under way.
    private var doubts = 1
    private var answeredDoubts = 0
    /// Where the next batch begins to look, so that a busy partition does not starve the others.
    private var start: Int16 = 0

    /// Takes over what the database said. It may have been asked before the last batch was committed: under one token
    /// a cursor only moves forward. A look that was asked for earlier, and so saw the leases of before, may still come back.
    mutating func replaceLeases(_ new: [Int16: CursorStorage.Lease]) {
        leases = leases.filter { new[$0.key]?.token == $0.value.token }
        leases.merge(new) { CursorStorage.Lease(applied: max($0.applied, $1.applied), token: $1.token) }
        failures = failures.filter { new[$0.key] != nil }
        doubts += 1
    }

    mutating func distrustItself() { doubts += 1 }

    /// What to ask the database about before the next batch; nil where everything is known.
    var openDoubts: Int? { doubts > answeredDoubts ? doubts : nil }

    /// Believes the database alone, while no batch runs.
    ///
    /// - Parameter answering: the open doubts when it was asked. Those that arose since stay open.
    mutating func resetLeases(_ new: [Int16: CursorStorage.Lease], answering: Int) {
        answeredDoubts = answering
        leases = new
        failures = failures.filter { new[$0.key] != nil }
    }

    /// Ranges behind the heads, ascending, with at most `limit` entries in all.
    mutating func nextRanges(heads: LogPosition, limit: Int, now: ContinuousClock.Instant) -> [LogRange] {
        var ranges: [LogRange] = []
        var room = Int64(limit)
        for step in 0..<Int16(LogPartition.count) where room > 0 {
            let partition = (start + step) % Int16(LogPartition.count)
            guard let lease = leases[partition], heads[partition] > lease.applied else { continue }
            if let failure = failures[partition], failure.retryAt > now { continue }
            // A partition that failed goes on by single entries until it is past the one that did.
            let wanted = failures[partition] == nil ? heads[partition] - lease.applied : 1
            let count = min(room, wanted)
            ranges.append(LogRange(partition: partition, after: lease.applied, upTo: lease.applied + count))
            room -= count
        }
        if let last = ranges.last, room <= 0 { start = (last.partition + 1) % Int16(LogPartition.count) }
        return ranges.sorted { $0.partition < $1.partition }
    }

    func tokens(of ranges: [LogRange]) -> [Int64] { ranges.map { leases[$0.partition]?.token ?? -1 } }

    /// The ranges that still begin where this member stands: the later half of a batch whose first half failed may not.
    func stillNext(_ ranges: [LogRange]) -> [LogRange] {
        ranges.filter { leases[$0.partition]?.applied == $0.after && failures[$0.partition] == nil }
    }

    mutating func applied(_ ranges: [LogRange]) {
        for range in ranges {
            // A lease that changed hands meanwhile is no longer ours to move.
            if leases[range.partition]?.applied == range.after { leases[range.partition]?.applied = range.upTo }
            failures[range.partition] = nil
        }
    }

    /// Counts a failure of the single entry of `range`.
    ///
    /// - Returns: how often it has failed.
    mutating func failed(_ range: LogRange, pause: Duration, now: ContinuousClock.Instant) -> Int {
        let count = (failures[range.partition]?.count ?? 0) + 1
        failures[range.partition] = (count, now + pause * (1 << min(count - 1, 6)))
        return count
    }

    var hasFailures: Bool { !failures.isEmpty }
}

extension [LogRange] {
    /// Two parts of about the same number of entries; a range may be cut.
    func halves() -> (first: [LogRange], second: [LogRange]) {
        var wanted = reduce(0) { $0 + $1.count } / 2
        var first: [LogRange] = []
        var second: [LogRange] = []
        for range in self {
            let taken = Swift.min(wanted, range.count)
            wanted -= taken
            let cut = range.after + taken
            if taken > 0 { first.append(LogRange(partition: range.partition, after: range.after, upTo: cut)) }
            if taken < range.count { second.append(LogRange(partition: range.partition, after: cut, upTo: range.upTo)) }
        }
        return (first, second)
    }
}
