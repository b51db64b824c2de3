/// What a person may be allowed to do. The name stands in audit entries.
public struct Right: Sendable, Hashable, CustomStringConvertible {
    public let name: String

    private init(_ name: String) {
        self.name = name
    }

    public var description: String { name }

    /// See customers of the own office, masked.
    public static let readCustomers = Right("customers.read")
    /// See what is masked: phone and certificate numbers. Audited.
    public static let revealCustomers = Right("customers.reveal")
    /// Bring customers, traits, identities, consents and events in bulk.
    public static let importCustomers = Right("customers.import")
    /// Send events and identities, as a channel does.
    public static let writeEvents = Right("events.write")
    /// Record consents and suppressions.
    public static let writeConsents = Right("consents.write")
    /// Change offices and staff.
    public static let editOrganisation = Right("organisation.edit")
    /// Change the dictionary of traits. Audited.
    public static let editDictionary = Right("dictionary.edit")
    public static let readSegments = Right("segments.read")
    /// Make and change segments, freeze snapshots.
    public static let editSegments = Right("segments.edit")
    /// Read the members of a segment by name. Audited.
    public static let exportMembers = Right("members.export")
    public static let readCampaigns = Right("campaigns.read")
    /// Make and change products, offers and campaigns: the maker.
    public static let editCampaigns = Right("campaigns.edit")
    /// Approve a campaign that somebody else made: the checker. Audited.
    public static let approveCampaigns = Right("campaigns.approve")
    /// Start, pause and close what is approved.
    public static let runCampaigns = Right("campaigns.run")
    /// Change caps, quiet hours and other rules of contact. Audited.
    public static let editContactPolicy = Right("contact-policy.edit")
    /// Decide unknown deliveries and dead letters.
    public static let handleDeliveries = Right("deliveries.handle")
    public static let readReports = Right("reports.read")
    /// Recompute reports from the logs.
    public static let verifyReports = Right("reports.verify")
    /// Count every report anew from the logs.
    public static let rebuildReports = Right("reports.rebuild")
    public static let readAudit = Right("audit.read")
    /// Give and take rights. Audited.
    public static let editRights = Right("rights.edit")
}
