internal import Foundation
internal import KPIDomain
internal import Postgres

/// A fact as columns of kpi.fact.
struct FactRow: Sendable {
    var kind: Int16
    var key: String
    var at: Date
    var cut = Cut(officePath: "", manager: "", arm: "", isControl: false, wave: 0, channel: "", windowMicroseconds: 0)
    var flag = false
    var valueMinor: Int64 = 0
    var reason = ""

    init(_ fact: Fact) {
        switch fact {
        case .contacted(let dedupeKey, let at, let cut, let unknown):
            (kind, key, self.at, self.cut, flag) = (1, dedupeKey, at, cut, unknown)
        case .held(let at, let cut):
            (kind, key, self.at, self.cut) = (2, "\(cut.wave) \(cut.channel) \(at.microseconds)", at, cut)
        case .outcome(let eventID, let at, let valueMinor):
            (kind, key, self.at, self.valueMinor) = (3, eventID, at, valueMinor)
        case .refused(let at, let cut, let reason):
            (kind, key) = (4, "\(cut.wave) \(cut.channel) \(reason) \(at.microseconds)")
            (self.at, self.cut, self.reason) = (at, cut, reason)
        case .deliveryChanged(let dedupeKey, let at, let cut, let sent):
            (kind, key) = (5, "\(sent ? "sent" : "not_sent") \(dedupeKey)")
            (self.at, self.cut, flag, reason) = (at, cut, sent, dedupeKey)
        }
    }

    /// Reads the columns kind, fact_key and so on, of which the first stands at `start`.
    init(_ row: PostgresRow, from start: Int) throws {
        kind = try row.decode(start, as: Int16.self)
        key = try row.decode(start + 1, as: String.self)
        at = try row.decode(start + 2, as: Date.self)
        cut = Cut(
            officePath: try row.decode(start + 3, as: String.self), manager: try row.decode(start + 4, as: String.self),
            arm: try row.decode(start + 5, as: String.self), isControl: try row.decode(start + 6, as: Bool.self),
            wave: try row.decode(start + 7, as: Int32.self), channel: try row.decode(start + 8, as: String.self),
            windowMicroseconds: try row.decode(start + 9, as: Int64.self))
        flag = try row.decode(start + 10, as: Bool.self)
        valueMinor = try row.decode(start + 11, as: Int64.self)
        reason = try row.decode(start + 12, as: String.self)
    }

    var fact: Fact {
        switch kind {
        case 1: .contacted(dedupeKey: key, at: at, cut: cut, unknown: flag)
        case 2: .held(at: at, cut: cut)
        case 3: .outcome(eventID: key, at: at, valueMinor: valueMinor)
        case 4: .refused(at: at, cut: cut, reason: reason)
        default: .deliveryChanged(dedupeKey: reason, at: at, cut: cut, sent: flag)
        }
    }
}
