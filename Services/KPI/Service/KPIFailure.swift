internal import EventLog
internal import KPIDomain
internal import RPC

/// What can go wrong in the kpi service, in its own words.
enum KPIFailure: RPCErrorConvertible {
    case unknownCampaign
    /// An entry of the campaign log without its cut: it goes to the dead letters.
    case unreadableEntry
    /// A log has lost an entry that was counted.
    case missingEntry(log: String, partition: Int16)
    case notOfTheHeadOffice
    case unusablePeriod
    case tooManyCounts(Int)
    /// A position of a log that these numbers are not counted from.
    case foreignLog(index: Int, followed: [String])
    case foreignPartition(index: Int)

    var rpcError: RPCError {
        switch self {
        case .unknownCampaign:
            RPCError(
                .notFound, "No campaign with this number has reached anybody in your office yet.", field: "campaign_id")
        case .unreadableEntry:
            RPCError(.dataLoss, "An entry of the campaign log lacks its cut; look at the dead letters of kpi.")
        case .missingEntry(let log, let partition):
            RPCError(
                .dataLoss,
                "Partition \(partition) of \(log).log lacks an entry, so its numbers cannot be recomputed: compare it "
                    + "with the newest backup.")
        case .notOfTheHeadOffice:
            RPCError(
                .permissionDenied,
                "A recomputation covers every office: have it run by a person whose token names the office /.",
                notExecuted: true)
        case .unusablePeriod:
            RPCError(
                .invalidArgument,
                "Name two business days like 2026-03-02, the second not before the first and at most "
                    + "\(ActivityPeriod.longest) days in all.", field: "from_day")
        case .tooManyCounts(let limit):
            RPCError(
                .failedPrecondition, "These days have more than \(limit) counts: ask for fewer days.", field: "to_day")
        case .foreignLog(let index, let followed):
            RPCError(
                .invalidArgument,
                "These numbers are counted from other logs: send positions of \(followed.joined(separator: ", ")).",
                field: "after[\(index)].log")
        case .foreignPartition(let index):
            RPCError(
                .invalidArgument, "A log has the partitions 0 to \(LogPartition.count - 1).",
                field: "after[\(index)].offsets")
        }
    }
}
