internal import CampaignDomain
internal import RPC
internal import ServiceKit

/// What can go wrong in the campaign service, in its own words.
enum CampaignFailure: Error {
    case problem(CampaignProblem)
    case unknownCampaign
    case unknownOffer
    case unknownProduct
    /// A product or an offer of this code belongs to an office that is neither the person's nor below it.
    case madeElsewhere(field: String)
    case unknownSnapshot
    case unknownDeadLetter
    case unknownImport
    /// The same file was imported by an office that is neither the person's nor below it.
    case importedElsewhere
    /// Somebody else changed the campaign at the same moment.
    case changedMeanwhile
    case policyChangedMeanwhile
    /// Somebody stops the campaign at this moment, and may yet fail to.
    case aboutToStop
    /// A person of a part of the bank would change what holds for all of it.
    case wholeBankOnly
    /// The snapshot belongs to an office that does not lie below the campaign's or above it.
    case foreignSnapshot
    case importClosed
    case chunkOutOfOrder(expected: Int64)
    case tooMany(field: String, limit: Int)
    case missing(field: String)
    case unknownState
    /// A position of a log that this service does not follow.
    case foreignLog
    /// A dead letter whose contact may no longer leave.
    case notAllowed(ContactRefusal)
    /// The row that serialises a customer's contacts is not there.
    case contactStateMissing
    /// The row that counts the changes of campaigns is not there.
    case revisionMissing
    /// The planner's token is no longer the newest.
    case fenced
}

extension CampaignFailure: RPCErrorConvertible {
    var rpcError: RPCError {
        switch self {
        case .problem(let problem): problem.rpcError
        case .unknownCampaign:
            RPCError(.notFound, "No campaign you may see has this id.", field: "campaign_id")
        case .unknownOffer:
            RPCError(.notFound, "There is no offer with this code: put it first.", field: "plan.offer_code")
        case .unknownProduct:
            RPCError(.notFound, "There is no product with this code: put it first.", field: "offer.product_code")
        case .madeElsewhere(let field):
            RPCError(
                .permissionDenied, "Another office has made this: choose another code, or ask an office above both.",
                field: field)
        case .unknownSnapshot:
            RPCError(
                .notFound, "No snapshot you may see has this id: freeze a segment first.", field: "plan.snapshot_id")
        case .unknownDeadLetter:
            RPCError(.notFound, "No dead letter you may see has this id.", field: "dead_letter_id")
        case .unknownImport:
            RPCError(.notFound, "No import has this campaign: open it first.", field: "campaign_id")
        case .importedElsewhere:
            RPCError(
                .permissionDenied, "Another office has imported this file: ask it, or an office above both.",
                field: "import_key")
        case .aboutToStop:
            RPCError(.unavailable, "A campaign is being stopped at this moment: try again when it has been.")
        case .changedMeanwhile:
            RPCError(.aborted, "Somebody else changed the campaign at this moment: read it again, then repeat.")
        case .policyChangedMeanwhile:
            RPCError(
                .aborted, "Somebody else has changed the policy since: read it, and name the version you change.",
                field: "policy.version")
        case .wholeBankOnly:
            RPCError(
                .permissionDenied,
                "The contact policy holds for the whole bank: ask somebody whose office is / to change it.",
                notExecuted: true)
        case .foreignSnapshot:
            RPCError(
                .invalidArgument, "The snapshot is of another office: choose one of the campaign's own office.",
                field: "plan.snapshot_id")
        case .importClosed:
            RPCError(.failedPrecondition, "The import is closed: a changed file is a new import.", field: "campaign_id")
        case .chunkOutOfOrder(let expected):
            RPCError(.failedPrecondition, "Chunks come one after another: send chunk \(expected) next.", field: "chunk")
        case .tooMany(let field, let limit):
            RPCError(.invalidArgument, "Send from 1 to \(limit) at once.", field: field)
        case .missing(let field):
            RPCError(.invalidArgument, "This field is needed.", field: field)
        case .unknownState:
            RPCError(
                .invalidArgument, "Ask for reserved, sending, sent, unknown or failed.", field: "state")
        case .foreignLog:
            RPCError(
                .invalidArgument, "This service follows the profile log: send a position of it.", field: "position.log")
        case .notAllowed(let refusal):
            RPCError(
                .failedPrecondition, "The customer may not be contacted now (\(refusal.code)).", field: "dead_letter_id"
            )
        case .contactStateMissing, .revisionMissing, .fenced:
            RPCError(.internalError, "The service failed; its log says more.")
        }
    }
}

extension CampaignProblem {
    var rpcError: RPCError {
        let status: RPCError.Code =
            switch code {
            case .invalid: .invalidArgument
            case .wrongState: .failedPrecondition
            case .stale: .aborted
            case .notAllowed: .permissionDenied
            default: .internalError
            }
        return RPCError(status, reason, field: field.isEmpty ? nil : field)
    }
}

/// Runs a rule of the domain; its refusal becomes the error of the call.
func checked<Value>(_ body: () throws(CampaignProblem) -> Value) throws(CampaignFailure) -> Value {
    do throws(CampaignProblem) {
        return try body()
    } catch {
        throw .problem(error)
    }
}
