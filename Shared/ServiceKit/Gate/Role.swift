/// The roles that a token may carry, and the rights of each.
public struct Role: Sendable, Hashable {
    public let name: String
    public let rights: Set<Right>

    private init(_ name: String, _ rights: Set<Right>) {
        self.name = name
        self.rights = rights
    }

    /// Plans campaigns and groups: the maker.
    public static let marketer = Role(
        "marketer",
        [
            .readCustomers, .readSegments, .editSegments, .exportMembers, .readCampaigns, .editCampaigns, .runCampaigns,
            .readReports,
        ])
    /// Approves what a marketer made: the checker.
    public static let approver = Role(
        "approver", [.readSegments, .readCampaigns, .approveCampaigns, .editContactPolicy, .readReports])
    /// Looks at groups and numbers, changes no campaign.
    public static let analyst = Role(
        "analyst", [.readCustomers, .readSegments, .editSegments, .readCampaigns, .readReports, .verifyReports])
    /// Serves the customers of an office.
    public static let manager = Role(
        "manager",
        [.readCustomers, .revealCustomers, .writeConsents, .readSegments, .readCampaigns, .readReports])
    /// Keeps the suite running and brings data in.
    public static let `operator` = Role(
        "operator",
        [
            .readCustomers, .importCustomers, .writeEvents, .writeConsents, .readSegments, .readCampaigns,
            .runCampaigns, .handleDeliveries, .readReports, .verifyReports, .rebuildReports,
        ])
    /// A machine: the mobile-banking backend and other channels.
    public static let channel = Role("channel", [.writeEvents, .writeConsents, .readCustomers])
    /// Reads who did what, changes nothing.
    public static let auditor = Role("auditor", [.readAudit, .readCampaigns, .readReports, .verifyReports])
    /// Changes the frame: organisation, dictionary, rules of contact, rights. Never approves campaigns.
    public static let admin = Role(
        "admin", [.editOrganisation, .editDictionary, .editContactPolicy, .editRights, .readReports, .readCampaigns])

    public static let all: [Role] = [marketer, approver, analyst, manager, `operator`, channel, auditor, admin]

    /// The role of a token by its name; nil for one that we do not know, which then gives no right.
    public static func named(_ name: String) -> Role? {
        all.first { $0.name == name }
    }
}
