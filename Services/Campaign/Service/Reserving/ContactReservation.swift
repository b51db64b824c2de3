internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres

/// Decides about candidates of one partition and stores the decisions, in the caller's transaction. The planner and the
/// triggers come through here, so that there is one gate.
struct ContactReservation: Sendable {
    let timeZone: TimeZone

    struct Result: Sendable {
        /// To be appended as the last statement of the transaction.
        var entries: [NewLogEntry] = []
        /// Whether a worker has something to fetch now.
        var reserved = 0
    }

    /// - Parameters:
    ///   - candidates: all of `partition`; a key that occurs twice is decided once.
    ///   - replacing: what stands for keys that may be decided anew; nil where no key may be.
    func decide(
        _ candidates: [Candidate], partition: Int16, policy: ContactPolicy, now: Date,
        replacing standing: [DedupeKey: (state: DeliveryState, reason: String)]? = nil,
        in connection: PostgresConnection
    ) async throws -> Result {
        guard !candidates.isEmpty else { return Result() }
        let customers = Set(candidates.map(\.member.customerID)).sorted()
        let window = Set(candidates.map(\.channel)).map { policy.longestWindow(channel: $0) }.max() ?? 0
        var facts = try await ContactFactsStorage.read(
            partition, customers: customers, purposes: Set(candidates.map(\.campaign.plan.purpose)).sorted(),
            contactsSince: now - window, in: connection)

        var decided: [DedupeKey: (candidate: Candidate, contact: DecidedContact)] = [:]
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
        let written = try await ContactStorage.insert(
            decided.values.map(\.contact).sorted { $0.key.customerID < $1.key.customerID }, partition: partition,
            now: now, machineNow: Date(), replacingRefused: standing != nil, in: connection)
        return try result(decided, written, standing ?? [:], now: now)
    }

    private func result(
        _ decided: [DedupeKey: (candidate: Candidate, contact: DecidedContact)], _ written: Set<DedupeKey>,
        _ standing: [DedupeKey: (state: DeliveryState, reason: String)], now: Date
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
