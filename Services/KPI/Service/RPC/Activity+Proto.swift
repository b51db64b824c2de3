internal import Contracts
internal import KPIDomain
internal import ProtobufC

/// What an entry of a log says happened.
enum ActivityEntry {
    /// Of an entry of profile.log; nothing for a kind that no count depends on.
    static func ofProfile(kind: Int16, subject: String, body: [UInt8]?) throws -> [Activity] {
        switch kind {
        case 1:
            return [.event(type: subject)]
        case 3:
            return try ProfileV1.ConsentsChanged(unpacking: body ?? []).consents.map {
                .consent(purpose: $0.purpose, channel: $0.channel, isGranted: $0.granted)
            }
        case 5:
            return [.created(officePath: try ProfileV1.CustomerCreated(unpacking: body ?? []).officePath)]
        case 6:
            return [.assigned(officePath: try ProfileV1.CustomerAssigned(unpacking: body ?? []).officePath)]
        default:
            return []
        }
    }

    /// Of an entry of segmentation.log.
    static func ofSegmentation(kind: Int16, subject: String, body: [UInt8]?) throws -> [Activity] {
        guard (1...2).contains(kind) else { return [] }
        let change = try SegmentationV1.MembershipChanged(unpacking: body ?? [])
        return [
            kind == 1
                ? .entered(segmentID: change.segmentID, officePath: change.officePath)
                : .exited(segmentID: change.segmentID, officePath: change.officePath)
        ]
    }
}

extension ActivityMeasure {
    /// As the contract names it.
    var word: String {
        switch self {
        case .customersCreated: "customers_created"
        case .events: "events"
        case .consentsGranted: "consents_granted"
        case .consentsWithdrawn: "consents_withdrawn"
        case .segmentEntered: "segment_entered"
        case .segmentExited: "segment_exited"
        }
    }
}

extension KPIV1.ActivityCount {
    init(_ key: ActivityKey, _ amount: Int64) {
        self.init(day: key.day, measure: key.measure.word, subject: key.subject, amount: amount)
    }
}

extension ActivityDifference {
    var proto: KPIV1.Difference {
        let parts = ["activity", key.officePath, key.day, key.measure.word, key.subject]
        return KPIV1.Difference(
            cell: parts.filter { !$0.isEmpty }.joined(separator: ", "), stored: stored, recomputed: recomputed)
    }
}
