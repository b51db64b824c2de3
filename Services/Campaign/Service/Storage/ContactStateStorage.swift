internal import CampaignDomain
internal import EventLog
internal import Postgres

/// The row of a customer that everybody locks who counts contacts or adds one (promise 4).
enum ContactStateStorage {
    /// Makes the rows that are not there, in the order in which they are locked.
    ///
    /// - Parameter customers: in that order: by ascending partition and id.
    static func makeStatement(_ customers: [Int64]) -> SQL {
        """
        INSERT INTO campaign.contact_state (partition, customer_id)
        SELECT i.partition, i.customer_id
        FROM unnest(\(customers.map(LogPartition.of(customerID:))), \(customers)) AS i(partition, customer_id)
        ON CONFLICT (partition, customer_id) DO NOTHING
        """
    }

    /// Locks the rows by ascending partition and id.
    static func lockStatement(_ customers: [Int64]) -> SQL {
        """
        SELECT FROM campaign.contact_state s
        JOIN unnest(\(customers.map(LogPartition.of(customerID:))), \(customers)) AS i(partition, customer_id)
            ON s.partition = i.partition AND s.customer_id = i.customer_id
        ORDER BY s.partition, s.customer_id FOR UPDATE OF s
        """
    }
}
