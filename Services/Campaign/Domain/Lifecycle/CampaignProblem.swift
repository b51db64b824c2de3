/// Why the campaign service will not do what was asked, in words for the person who asked.
///
/// It never holds the refused value: values may be personal.
package struct CampaignProblem: Error, Sendable, Hashable {
    /// What kind of refusal it is; a caller may act on it.
    package struct Code: Sendable, Hashable {
        private enum Kind {
            case invalid
            case wrongState
            case stale
            case notAllowed
        }

        private let kind: Kind

        /// A value of the request is wrong, whatever the state.
        package static let invalid = Code(kind: .invalid)
        /// The campaign's state does not allow it now.
        package static let wrongState = Code(kind: .wrongState)
        /// The campaign was changed since the caller read it.
        package static let stale = Code(kind: .stale)
        /// This person may not do it to this campaign.
        package static let notAllowed = Code(kind: .notAllowed)
    }

    package var code: Code
    /// Path of the field at fault below the plan ("waves[1].channel"), or empty.
    package var field: String
    /// A sentence that says what to do.
    package var reason: String

    package init(_ code: Code, field: String = "", _ reason: String) {
        self.code = code
        self.field = field
        self.reason = reason
    }
}
