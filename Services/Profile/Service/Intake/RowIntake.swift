internal import EventLog
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import ServiceKit

/// What storing a batch of rows did.
struct RowsStored: Sendable {
    /// One per row: the customer, or why the row was refused.
    var customers: [Result<Int64, FieldProblem>]
    var created: Set<Int64>
    /// Identities that were not linked before.
    var linked: Set<Identity>
    /// Partition -> the highest offset written there.
    var offsets: [Int16: Int64]
}

/// Stores customers with their traits, identities, consents and events: one row of an identify call or thousands of an
/// import, in the transaction that is given.
struct RowIntake: Sendable {
    let writer: EventLogWriter
    let source: String
    let moment: Date
    /// The office whose customers the sender may change; "/" stands for all of them.
    let scope: String

    /// Another writer claimed an identity of this batch at the same time: begin again and find its customer.
    struct ClaimLost: Error {}

    /// Everything of the accepted rows and their log entries; nothing of the refused.
    func store(
        _ rows: [ImportRow], dictionary: TraitDictionary, in connection: PostgresConnection
    ) async throws -> RowsStored {
        let identities = rows.map(\.identities)
        let known = try await IdentityStorage.homes(of: Array(Set(identities.joined())), in: connection)
        let newIDs = try await CustomerStorage.nextIDs(
            HomePlan.newIDsNeeded(rows: identities, known: known), in: connection)
        let held = try await hold(rows, known, in: connection)
        try await lookAgain(identities, known, held, in: connection)
        let elsewhere = Set(held.filter { !OfficePath.isWithin($0.value.office, scope: scope) }.keys)
        // A new customer without an office would be out of its sender's sight at once.
        let homeless = scope == "/" ? [] : Set(rows.indices.filter { rows[$0].office == .none })
        let plan = HomePlan(
            rows: identities, known: known, newIDs: newIDs,
            numbered: Set(held.filter { $0.value.hasNumber }.keys), elsewhere: elsewhere, mayNotCreate: homeless)
        var batch = RowBatch(rows: rows, homes: plan.homes)
        try await claim(plan, in: connection)
        var entries = try await storeCustomers(plan, rows, batch, held, in: connection)
        entries += try await storeConsents(batch, in: connection)
        entries += try await storeTraits(batch, new: Set(plan.created.map(\.home)), dictionary, in: connection)
        batch.removeRepeatedEvents()
        let offsets = try await log(entries, events: batch.events, in: connection)
        return RowsStored(
            customers: plan.homes, created: Set(plan.created.map(\.home)), linked: Set(plan.links.map(\.identity)),
            offsets: offsets)
    }

    /// The customers that the rows name, held as they are, so that nobody changes one between this look and the change.
    ///
    /// A sender of the whole bank need not look at those who only get events or consents: the heads of the log and the
    /// guards hold these. A row that links something new may lend its customer to the other rows of the batch.
    private func hold(
        _ rows: [ImportRow], _ known: [Identity: Int64], in connection: PostgresConnection
    ) async throws -> [Int64: HeldCustomer] {
        var homes = Set(known.values)
        if scope == "/" {
            let changing = rows.filter { row in
                row.office != .none || !row.manager.isEmpty || !row.traits.isEmpty
                    || row.identities.contains { known[$0] == nil }
            }
            homes = Set(changing.flatMap(\.identities).compactMap { known[$0] })
        }
        return try await CustomerStorage.hold(homes.map { CustomerKey(customerID: $0) }, in: connection)
    }

    /// Somebody may have linked one of the identities while this batch waited for their customer, to that very customer even:
    /// then nothing is left to be linked, and a number that comes is the one that it has.
    private func lookAgain(
        _ rows: [[Identity]], _ known: [Identity: Int64], _ held: [Int64: HeldCustomer],
        in connection: PostgresConnection
    ) async throws {
        guard !held.isEmpty else { return }
        let unknown = Set(rows.joined()).subtracting(known.keys)
        guard try await IdentityStorage.homes(of: Array(unknown), in: connection).isEmpty else { throw ClaimLost() }
    }

    private func claim(_ plan: HomePlan, in connection: PostgresConnection) async throws {
        let holders = try await IdentityStorage.claim(plan.links, in: connection)
        guard plan.links.allSatisfy({ holders[$0.identity] == $0.home }) else { throw ClaimLost() }
    }

    private func storeCustomers(
        _ plan: HomePlan, _ rows: [ImportRow], _ batch: RowBatch,
        _ held: [Int64: HeldCustomer], in connection: PostgresConnection
    ) async throws -> [NewLogEntry] {
        let logEntries = LogEntries(at: moment)
        var numbers: [Int64: String] = [:]
        for link in plan.links where link.identity.kind == Identity.customerNumberKind {
            numbers[link.home] = numbers[link.home] ?? link.identity.value
        }
        let named = Dictionary(batch.assignments.map { ($0.key.customerID, $0) }) { $1 }
        let new = plan.created.map { created -> (customer: NewCustomer, by: Identity) in
            var customer =
                named[created.home]
                ?? NewCustomer(
                    key: CustomerKey(customerID: created.home), customerNumber: nil, office: .none, manager: "")
            customer.customerNumber = numbers[created.home]
            return (customer, rows[created.row].identities[0])
        }
        try await CustomerStorage.insert(new.map(\.customer), at: moment, in: connection)
        try await IdentityStorage.link(plan.links, at: moment, in: connection)
        let newHomes = Set(plan.created.map(\.home))
        for (home, number) in numbers where !newHomes.contains(home) {
            try await CustomerStorage.setNumber(number, of: CustomerKey(customerID: home), in: connection)
        }
        var entries = try new.map { try logEntries.created($0.customer, by: $0.by) }
        entries += try plan.links.map { try logEntries.linked($0.identity, to: CustomerKey(customerID: $0.home)) }
        let moved = moved(batch, except: newHomes, held)
        try await CustomerStorage.assign(moved, in: connection)
        return try entries + moved.map(logEntries.assigned)
    }

    /// Customers that were there before and whose rows name another office or manager; a row that names none moves nobody.
    private func moved(
        _ batch: RowBatch, except new: Set<Int64>, _ held: [Int64: HeldCustomer]
    ) -> [NewCustomer] {
        batch.assignments.filter { !new.contains($0.key.customerID) }.compactMap { wanted in
            guard let old = held[wanted.key.customerID] else { return nil }
            var customer = wanted
            if customer.office == .none, let office = try? Office(old.office) { customer.office = office }
            if customer.manager.isEmpty { customer.manager = old.manager }
            return customer.office.path == old.office && customer.manager == old.manager ? nil : customer
        }
    }

    private func storeConsents(_ batch: RowBatch, in connection: PostgresConnection) async throws -> [NewLogEntry] {
        let keys = Set(batch.consents.map(\.key))
        try await ConsentStorage.takeGuards(keys, in: connection)
        // A file may be older than what a customer has said since.
        let consents = try await ConsentStorage.notOutdated(
            batch.consents, isSaidNow: false, at: moment, in: connection)
        try await ConsentStorage.put(consents, at: moment, in: connection)
        let logEntries = LogEntries(at: moment)
        return try Dictionary(grouping: consents, by: \.key).map { key, located in
            try logEntries.consented(located.map(\.consent), by: key)
        }
    }

    private func storeTraits(
        _ batch: RowBatch, new: Set<Int64>, _ dictionary: TraitDictionary, in connection: PostgresConnection
    ) async throws -> [NewLogEntry] {
        let logEntries = LogEntries(at: moment)
        var entries: [NewLogEntry] = []
        for (names, located) in Dictionary(grouping: batch.traits, by: { $0.values.keys.sorted() }) {
            let definitions = names.compactMap { dictionary[$0] }
            let known = located.map(\.key).filter { !new.contains($0.customerID) }
            let old = try await TraitStorage.values(of: known, traits: definitions, in: connection)
            var changed: [LocatedTraits] = []
            for one in located {
                let changes = TraitChange.changes(from: old[one.key.customerID] ?? [:], to: one.values)
                guard !changes.isEmpty || new.contains(one.key.customerID) else { continue }
                changed.append(one)
                if !changes.isEmpty { entries.append(try logEntries.changed(changes, source: source, of: one.key)) }
            }
            try await TraitStorage.put(changed, traits: definitions, source: source, at: moment, in: connection)
        }
        return entries
    }

    /// The heads of all entries are taken together, and events looked for only then: whoever adds the same event holds the
    /// same head.
    private func log(
        _ entries: [NewLogEntry], events: [LocatedEvent], in connection: PostgresConnection
    ) async throws -> [Int16: Int64] {
        let partitions = Set(entries.map(\.partition)).union(events.map(\.key.partition))
        guard !partitions.isEmpty else { return [:] }
        let duplicates = try await EventStorage.holdHeads(
            of: partitions, writer, findingDuplicatesAmong: events, in: connection)
        let logEntries = LogEntries(at: moment)
        let new = events.enumerated().filter { !duplicates.contains($0.offset) }.map { logEntries.event($0.element) }
        let all = entries + new
        let written = try await writer.append(all, in: connection)
        var offsets: [Int16: Int64] = [:]
        for (entry, offset) in zip(all, written) {
            offsets[entry.partition] = max(offsets[entry.partition] ?? 0, offset)
        }
        return offsets
    }
}
