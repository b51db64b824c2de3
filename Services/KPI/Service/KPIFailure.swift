internal import RPC

/// What can go wrong in the kpi service, in its own words.
enum KPIFailure: RPCErrorConvertible {
    case unknownCampaign
    /// An entry of the campaign log without its cut: it goes to the dead letters.
    case unreadableEntry
    case notOfTheHeadOffice

    var rpcError: RPCError {
        switch self {
        case .unknownCampaign:
            RPCError(
                .notFound, "No campaign with this number has reached anybody in your office yet.", field: "campaign_id")
        case .unreadableEntry:
            RPCError(.dataLoss, "An entry of the campaign log lacks its cut; look at the dead letters of kpi.")
        case .notOfTheHeadOffice:
            RPCError(
                .permissionDenied,
                "A recomputation covers every office: have it run by a person whose token names the office /.",
                notExecuted: true)
        }
    }
}
