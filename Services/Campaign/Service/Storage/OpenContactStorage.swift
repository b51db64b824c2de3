internal import CampaignDomain
internal import Foundation
internal import Postgres

/// A contact with what is known of its customer in the audience.
struct OpenContact: Sendable {
    var key: DedupeKey
    var deliveryID: Int64
    var machine: DeliveryStateMachine
    /// Business time at which it was handed out: of the claims that may have reached the customer, the first.
    var contactedAt: Date?
    var traceparent: String
    var member: AudienceMember

    func cut(_ campaigns: [Int64: LiveCampaign]) -> ContactCut? {
        campaigns[key.campaignID].map { campaign in
            ContactCut(
                campaign: campaign, officePath: member.officePath, manager: member.manager,
                arm: ContactCut.arm(isControl: member.isControl), isControl: member.isControl, wave: key.wave,
                channel: key.channel)
        }
    }
}

/// What a contact becomes.
struct ContactChange: Sendable {
    var partition: Int16
    var deliveryID: Int64
    var state: DeliveryState
    var reason: String
    var fencingToken: Int64
    var attempt: Int32
    /// Machine time from which a worker may have it.
    var dueAt: Date?
    /// Business time at which it was handed out.
    var contactedAt: Date?
    /// Machine time until which a worker has it.
    var leaseUntil: Date?
    /// Business time of the decision, where it was decided anew.
    var decidedAt: Date?
    var isRepeatable: Bool
    var mayHaveLeft: Bool

    init(
        _ contact: OpenContact, _ machine: DeliveryStateMachine, reason: String, dueAt: Date? = nil,
        contactedAt: Date? = nil, leaseUntil: Date? = nil, decidedAt: Date? = nil
    ) {
        partition = contact.member.partition
        deliveryID = contact.deliveryID
        state = machine.state
        self.reason = reason
        fencingToken = machine.fencingToken
        attempt = machine.attempt
        self.dueAt = dueAt
        self.contactedAt = contactedAt
        self.leaseUntil = leaseUntil
        self.decidedAt = decidedAt
        isRepeatable = machine.isRepeatable
        mayHaveLeft = machine.mayHaveLeft
    }
}

/// Contacts between their reservation and their end.
enum OpenContactStorage {
    // MARK: Finding

    static func lapsedPartitions(machineNow: Date, in connection: PostgresConnection) async throws -> [Int16] {
        try await connection.query(
            """
            SELECT partition FROM campaign.contact WHERE state = 'sending' AND lease_until < \(machineNow)
            GROUP BY partition ORDER BY partition
            """
        ).map { try $0.decode(Int16.self) }
    }

    /// Where contacts of some campaigns wait for a worker, or are with one.
    static func open(
        of campaigns: [Int64], in connection: PostgresConnection
    ) async throws -> [(partition: Int16, campaignID: Int64, isWaiting: Bool)] {
        try await connection.query(
            """
            SELECT partition, campaign_id, bool_or(state = 'reserved') FROM campaign.contact
            WHERE campaign_id = ANY(\(campaigns)) AND state IN ('reserved', 'sending')
            GROUP BY partition, campaign_id ORDER BY partition, campaign_id
            """
        ).map { try $0.decode((Int16, Int64, Bool).self) }
    }

    /// Fencing tokens of those of some deliveries that a worker has at the moment.
    static func claimed(
        _ places: [Place], machineNow: Date, in connection: PostgresConnection
    ) async throws -> [Int64: Int64] {
        let rows = try await connection.query(
            """
            SELECT t.delivery_id, t.fencing_token
            FROM unnest(\(places.map(\.partition)), \(places.map(\.deliveryID))) AS i(partition, delivery_id)
            JOIN campaign.contact t ON t.partition = i.partition AND t.delivery_id = i.delivery_id
            WHERE t.state = 'sending' AND t.lease_until > \(machineNow)
            """)
        return Dictionary(try rows.map { try $0.decode((Int64, Int64).self) }, uniquingKeysWith: max)
    }

    // MARK: Locking

    static func lockLapsed(
        _ partition: Int16, machineNow: Date, limit: Int, in connection: PostgresConnection
    ) async throws -> [OpenContact] {
        let sql = SQL(
            """
            \(selection) WHERE t.partition = \(partition) AND t.state = 'sending' AND t.lease_until < \(machineNow)
            ORDER BY t.delivery_id LIMIT \(limit) FOR UPDATE OF t
            """)
        return try await connection.query(sql).map { try OpenContact(row: $0) }
    }

    static func lockReserved(
        _ partition: Int16, _ campaignID: Int64, limit: Int, in connection: PostgresConnection
    ) async throws -> [OpenContact] {
        let sql = SQL(
            """
            \(selection) WHERE t.partition = \(partition) AND t.campaign_id = \(campaignID) AND t.state = 'reserved'
            ORDER BY t.delivery_id LIMIT \(limit) FOR UPDATE OF t
            """)
        return try await connection.query(sql).map { try OpenContact(row: $0) }
    }

    /// Which contact, and in which partition it lies.
    typealias Place = (partition: Int16, deliveryID: Int64)

    /// The contacts of some deliveries, locked by ascending partition and id.
    static func lockStatement(_ places: [Place]) -> SQL { lockStatement(places, passesOver: false) }

    /// The same, passing over those that another transaction has at the moment.
    static func lockFreeStatement(_ places: [Place]) -> SQL { lockStatement(places, passesOver: true) }

    private static func lockStatement(_ places: [Place], passesOver: Bool) -> SQL {
        let sorted = places.sorted(by: <)
        return """
            SELECT customer_id, campaign_id, wave, channel, delivery_id, state, fencing_token, attempt, contacted_at,
                traceparent, customer_number, office_path, manager, is_control, is_repeatable, may_have_left
            FROM campaign.lock_contacts(\(sorted.map(\.partition)), \(sorted.map(\.deliveryID)), \(passesOver))
            """
    }

    /// One contact without a lock.
    static func readStatement(_ place: Place) -> SQL {
        "\(selection) WHERE t.partition = \(place.partition) AND t.delivery_id = \(place.deliveryID)"
    }

    private static let selection: SQL = """
        SELECT t.customer_id, t.campaign_id, t.wave, t.channel, t.delivery_id, t.state, t.fencing_token, t.attempt,
            coalesce(t.first_contacted_at, t.contacted_at), t.traceparent, a.customer_number, a.office_path, a.manager,
            a.is_control, t.is_repeatable, t.may_have_left
        FROM campaign.contact t
        JOIN campaign.audience a
            ON a.partition = t.partition AND a.campaign_id = t.campaign_id AND a.customer_id = t.customer_id
        """

    // MARK: Changing

    /// What a change does not name stays; a lease ends with every change that does not begin one.
    static func applyStatement(_ changes: [ContactChange], now: Date) -> SQL {
        let sorted = changes.sorted { ($0.partition, $0.deliveryID) < ($1.partition, $1.deliveryID) }
        return """
            SELECT campaign.change_contacts(\(sorted.map(\.partition)), \(now), \(sorted.map(\.deliveryID)),
                \(sorted.map(\.state.rawValue)), \(sorted.map(\.reason)), \(sorted.map(\.fencingToken)),
                \(sorted.map(\.attempt)), \(sorted.map(\.dueAt)), \(sorted.map(\.contactedAt)),
                \(sorted.map(\.leaseUntil)), \(sorted.map(\.decidedAt)), \(sorted.map(\.isRepeatable)),
                \(sorted.map(\.mayHaveLeft)))
            """
    }

    static func apply(_ changes: [ContactChange], now: Date, in connection: PostgresConnection) async throws {
        guard !changes.isEmpty else { return }
        try await connection.execute(applyStatement(changes, now: now))
    }
}

extension OpenContact {
    init(row: PostgresRow) throws {
        let customerID: Int64 = try row.decode(0)
        key = DedupeKey(
            campaignID: try row.decode(1), customerID: customerID, wave: try row.decode(2), channel: try row.decode(3))
        deliveryID = try row.decode(4)
        machine = DeliveryStateMachine(
            state: try DeliveryState.stored(try row.decode(5)), fencingToken: try row.decode(6),
            attempt: try row.decode(7), isRepeatable: try row.decode(14), mayHaveLeft: try row.decode(15))
        contactedAt = try row.decode(8)
        traceparent = try row.decode(9)
        member = AudienceMember(
            customerID: customerID, customerNumber: try row.decode(10), officePath: try row.decode(11),
            manager: try row.decode(12), isControl: try row.decode(13))
    }
}
