public import RPC
public import SegmentationDomain
internal import ServiceKit

/// What can go wrong in the segmentation service, in its own words.
enum SegmentationFailure: Error {
    case noRule
    /// Neither a rule nor a segment was named.
    case noSubject
    case noCustomer
    case unknownSegment
    case unknownVersion
    case unknownSnapshot
    case unknownCustomer
    /// A test of one customer whose rule asks for traits that are shown only to who may reveal them.
    case hiddenTraits([String])
    /// The change is based on a version that is not the newest.
    case staleVersion(newest: Int64)
    /// A log that members are not read from.
    case unreadLog(field: String)
    case positionAhead
    /// Its export was audited so long ago that it has to be asked for again.
    case listingTooOld
}

extension SegmentationFailure: RPCErrorConvertible {
    var rpcError: RPCError {
        switch self {
        case .noRule:
            RPCError(.invalidArgument, "Send a rule, as text or as JSON.", field: "rule")
        case .noSubject:
            RPCError(.invalidArgument, "Send a rule or the id of a segment.", field: "rule")
        case .noCustomer:
            RPCError(.invalidArgument, "Name the customer by id or by an identity.", field: "customer")
        case .unknownSegment:
            RPCError(.notFound, "No segment you may see has this id.", field: "segment_id")
        case .unknownVersion:
            RPCError(.notFound, "The segment has no such version; send 0 for the newest.", field: "version")
        case .unknownSnapshot:
            RPCError(.notFound, "No snapshot you may see has this id.", field: "snapshot_id")
        case .unknownCustomer:
            RPCError(.notFound, "No customer you may see has this id or identity.", field: "customer")
        case .hiddenTraits(let names):
            RPCError(
                .permissionDenied,
                """
                The rule asks for traits of sensitivity C3 (\(AuditEntry.list(names, atMost: 5))): leave them out, or ask \
                the administrator for a role with the right customers.reveal.
                """,
                field: "rule", notExecuted: true)
        case .staleVersion(let newest):
            RPCError(
                .aborted, "Somebody changed the segment: read version \(newest) and make your change on it.",
                field: "version")
        case .unreadLog(let field):
            RPCError(
                .invalidArgument, "Members are read from the profile log alone: send its position.", field: field)
        case .positionAhead:
            RPCError(
                .failedPrecondition, "The profile log has not reached this position: send one that profile gave.",
                field: "after")
        case .listingTooOld:
            RPCError(
                .invalidArgument, "This listing was begun more than an hour ago: begin the listing again.",
                field: "page_cursor")
        }
    }
}

extension RuleProblems: RPCErrorConvertible {
    /// The first problem in words; `CheckRule` gives them all.
    public var rpcError: RPCError {
        let problem = problems[0]
        let place =
            switch problem.place {
            case .text(let line, let column): "Line \(line), column \(column): "
            case .json(let path): path.isEmpty ? "" : "At \(path): "
            }
        return RPCError(.invalidArgument, place + problem.message, field: "rule")
    }
}

extension BadSegmentName: RPCErrorConvertible {
    public var rpcError: RPCError {
        RPCError(
            .invalidArgument, "A name has 1 to \(SegmentContent.nameLength) characters on one line.", field: "name")
    }
}
