/// Why a customer was not contacted. The code stands in the log and in reports, and never changes.
package struct ContactRefusal: Sendable, Hashable {
    package let code: String

    private init(_ code: String) {
        self.code = code
    }

    package static let suppressed = ContactRefusal("suppressed")
    package static let noConsent = ContactRefusal("no_consent")
    package static let quietHours = ContactRefusal("quiet_hours")
    package static let cap = ContactRefusal("cap")
    /// The customer is not, or no longer, among the bank's customers.
    package static let unknownCustomer = ContactRefusal("unknown_customer")
    /// Earlier contacts could not be read.
    package static let unknownHistory = ContactRefusal("unknown_history")
    /// It could not be said whether the customer belongs to the control group.
    package static let unknownArm = ContactRefusal("unknown_arm")
    /// The campaign was closed before the reserved contact left.
    package static let campaignClosed = ContactRefusal("campaign_closed")
}
