internal import EventLog
internal import Foundation
internal import Postgres

extension EventGroup {
    /// Adds the events to the log in the transaction that is given, with what was refused beside them.
    ///
    /// - Parameter lookingThrough: Whether to look first which of them are in the log already. Without, the log's index
    ///   tells at the end of the transaction: `isUniqueViolation`.
    func store(
        refused: [RefusedItem], lookingThrough: Bool, at now: Date, _ writer: EventLogWriter,
        in connection: PostgresConnection
    ) async throws -> [EventOutcome] {
        try await RefusedItemStorage.insert(refused, at: now, in: connection)
        guard !events.isEmpty else { return [] }
        let duplicates =
            lookingThrough
            ? try await EventStorage.holdHeads(
                of: Set(events.map(\.key.partition)), writer, findingDuplicatesAmong: events, in: connection) : []
        let logEntries = LogEntries(at: now)
        let new = events.indices.filter { !duplicates.contains($0) }
        let offsets = try await writer.append(new.map { logEntries.event(events[$0]) }, in: connection)
        return outcomes(new: new, offsets: offsets)
    }
}

extension PostgresError {
    /// The server could not take a value: a data exception (class 22) or a constraint (class 23) other than that of an
    /// event that is there already.
    var isValueRefused: Bool { !isUniqueViolation && (sqlState.hasPrefix("22") || sqlState.hasPrefix("23")) }
}
