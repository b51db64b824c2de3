internal import Contracts
internal import EventLog
internal import KPIDomain

extension CampaignReport {
    var proto: KPIV1.CampaignReport {
        KPIV1.CampaignReport(
            campaignID: campaignID, audience: audience,
            refused: refused.sorted { $0.key < $1.key }.map { KPIV1.ReasonCount(reason: $0.key, customers: $0.value) },
            arms: arms.map(\.proto), unknownDeliveries: unknownDeliveries)
    }
}

extension ArmReport {
    var proto: KPIV1.ArmReport {
        KPIV1.ArmReport(
            arm: arm, control: isControl, customers: proportion.customers, converted: proportion.converted,
            conversions: conversions, valueMinor: valueMinor, rate: proportion.rate, effect: effect?.proto)
    }
}

extension Effect {
    var proto: KPIV1.Effect {
        KPIV1.Effect(
            points: points, lowPoints: lowPoints, highPoints: highPoints, lift: lift, significant: isSignificant)
    }
}

extension DayCounts {
    var proto: KPIV1.DayCounts {
        KPIV1.DayCounts(
            day: day, contacted: contacted, held: held, refused: refused, conversions: conversions,
            valueMinor: valueMinor)
    }
}

extension CellDifference {
    var proto: KPIV1.Difference {
        let parts = [
            "campaign \(key.campaignID)", key.officePath, key.day, "\(key.measure)", key.arm, key.reason,
        ]
        return KPIV1.Difference(
            cell: parts.filter { !$0.isEmpty }.joined(separator: ", "), stored: Int64(clamping: stored),
            recomputed: Int64(clamping: recomputed))
    }
}

extension SetAsideEntries {
    /// A difference like any other: the log has so many entries, and none of them stands in the totals.
    func proto(log: String) -> KPIV1.Difference {
        KPIV1.Difference(
            cell: "entries of \(log).log that are not counted (first: partition \(partition), offset \(offset)); "
                + "see kpi.dead_letter", stored: 0, recomputed: count)
    }
}

extension LogPosition {
    init(_ proto: CommonV1.LogPosition) {
        self.init(
            offsets: Dictionary(
                proto.offsets.map { (Int16(clamping: $0.partition), $0.offset) }, uniquingKeysWith: max))
    }

    func proto(log: String) -> CommonV1.LogPosition {
        CommonV1.LogPosition(
            log: log,
            offsets: offsets.sorted { $0.key < $1.key }.map {
                CommonV1.PartitionOffset(partition: Int32($0.key), offset: $0.value)
            })
    }
}
