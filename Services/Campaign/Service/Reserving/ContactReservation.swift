internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres

/// Decides about candidates and stores the decisions, in the caller's transaction. The planner and the triggers come
/// through here, so that there is one gate.
struct ContactReservation: Sendable {
    let timeZone: TimeZone

    struct Result: Sendable {
        /// To be appended as the last statement of the transaction.
        var entries: [NewLogEntry] = []
        /// Contacts that a worker may fetch after the commit, at most.
        var reserved = 0
    }

    /// What stands for keys that may be decided anew.
    typealias Standing = [DedupeKey: (state: DeliveryState, reason: String)]

    private typealias Decided = [DedupeKey: (candidate: Candidate, contact: DecidedContact)]

    /// Locks the customers of the candidates by ascending partition, so that nobody who does the same waits in a
    /// circle.
    ///
    /// - Parameters:
    ///   - candidates: a key that occurs twice is decided once.
    ///   - standing: nil where no key may be decided anew.
    func decide(
        _ candidates: [Candidate], policy: ContactPolicy, now: Date, replacing standing: Standing? = nil,
        in connection: PostgresConnection
    ) async throws -> Result {
        guard !candidates.isEmpty else { return Result() }
        let window = Set(candidates.map(\.channel)).map { policy.longestWindow(channel: $0) }.max() ?? 0
        let facts = try await ContactFactsStorage.read(
            of: Set(candidates.map(\.member.customerID)),
            purposes: Set(candidates.map(\.campaign.plan.purpose)).sorted(), contactsSince: now - window,
            in: connection)
        let decided = decide(candidates, facts, policy: policy, now: now)
        let insert = ContactStorage.insertStatement(
            decided.values.map(\.contact), now: now, machineNow: Date(), replacingRefused: standing != nil)
        let isPlain = decided.allSatisfy { key, decision in
            decision.contact.state == .reserved && standing?[key] == nil
        }
        if isPlain {
            // A reservation leaves no entry in the log, so nobody asks which of them were new; and where none replaces a
            // refusal, no row is waited for behind the heads of the log.
            try await connection.executeAtCommit([insert])
            return Result(reserved: decided.count)
        }
        let rows = try await connection.query(insert)
        let written = try ContactStorage.written(rows)
        return try result(decided, written, standing ?? [:], now: now)
    }

    private func decide(
        _ candidates: [Candidate], _ facts: [Int64: ContactFacts], policy: ContactPolicy, now: Date
    ) -> Decided {
        var facts = facts
        var decided: Decided = [:]
        for candidate in candidates where decided[candidate.key] == nil {
            let id = candidate.member.customerID
            var known = facts[id] ?? ContactFacts()
            known.isControl = candidate.member.isControl
            let gate = ContactGate(
                purpose: candidate.campaign.plan.purpose, channel: candidate.channel, policy: policy, now: now,
                timeZone: timeZone)
            let decision = gate.decide(known)
            // The next candidate of the same customer counts this one.
            if decision == .allowed {
                facts[id]?.earlierContacts?.append(EarlierContact(channel: candidate.channel, leftAt: nil))
            }
            decided[candidate.key] = (candidate, DecidedContact(candidate, decision))
        }
        return decided
    }

    private func result(
        _ decided: Decided, _ written: [DedupeKey], _ standing: Standing, now: Date
    ) throws -> Result {
        var result = Result()
        for key in written.sorted(by: { ($0.customerID, $0.campaignID) < ($1.customerID, $1.campaignID) }) {
            guard let (candidate, contact) = decided[key] else { continue }
            switch contact.state {
            case .held:
                result.entries.append(try LogEntries.held(key, candidate.cut, at: now))
            case .refused:
                // The same refusal once more tells nothing new.
                if standing[key]?.reason == contact.reason { continue }
                result.entries.append(try LogEntries.refused(key, candidate.cut, reason: contact.reason, at: now))
            default:
                result.reserved += 1
            }
        }
        return result
    }
}

extension DecidedContact {
    fileprivate init(_ candidate: Candidate, _ decision: ContactGate.Decision) {
        var state = DeliveryState.reserved
        var reason = ""
        switch decision {
        case .allowed: break
        case .held: state = .held
        case .refused(let refusal): (state, reason) = (.refused, refusal.code)
        }
        self.init(
            key: candidate.key, campaignVersion: candidate.campaign.version, state: state, reason: reason,
            traceparent: candidate.traceparent)
    }
}
