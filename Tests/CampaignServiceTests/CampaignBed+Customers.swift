internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres
internal import RPC

extension CampaignBed {
    /// Customers with ids from `first` on, as the profile service keeps them.
    ///
    /// - Parameters:
    ///   - consent: purpose and channel of the consent that each has given; nil for none.
    func addCustomers(
        _ count: Int, from first: Int64 = 1, officePath: String = "/head/",
        consent: (String, String)? = ("marketing", "*")
    ) async throws -> [SegmentationV1.Member] {
        let ids = (0..<Int64(count)).map { first + $0 }
        let partitions = ids.map { LogPartition.of(customerID: $0) }
        let numbers = ids.map { "N\($0)" }
        try await administrator.transaction { connection in
            let keys: SQL = "unnest(\(partitions), \(ids), \(numbers)) AS i(partition, customer_id, number)"
            try await connection.execute(
                """
                INSERT INTO profile.customer (partition, customer_id, customer_number, office_path, manager, created_at)
                SELECT partition, customer_id, number, \(officePath), 'm1', \(Self.start) FROM \(keys)
                """)
            try await connection.execute(
                "INSERT INTO profile.consent_guard (partition, customer_id) SELECT partition, customer_id FROM \(keys)")
            try await connection.execute(
                """
                INSERT INTO profile.identity (partition, customer_id, kind, value, linked_at)
                SELECT partition, customer_id, 'customer_number', number, \(Self.start) FROM \(keys)
                """)
            try await connection.execute(
                """
                INSERT INTO profile.identity_claim (kind, value, partition, customer_id)
                SELECT 'customer_number', number, partition, customer_id FROM \(keys)
                """)
            guard let (purpose, channel) = consent else { return }
            try await connection.execute(
                """
                INSERT INTO profile.consent (partition, customer_id, purpose, channel, granted, valid_from, source,
                    changed_at)
                SELECT partition, customer_id, \(purpose), \(channel), true, \(Self.start - 86_400), 'test', \(Self.start)
                FROM \(keys)
                """)
        }
        return zip(ids, numbers).sorted {
            (LogPartition.of(customerID: $0.0), $0.0) < (LogPartition.of(customerID: $1.0), $1.0)
        }.map {
            SegmentationV1.Member(customerID: $0.0, customerNumber: $0.1, officePath: officePath, manager: "m1")
        }
    }

    func event(
        _ id: String, of customerID: Int64, type: String, at moment: Date = start, properties: String = ""
    ) -> ProfileV1.Event {
        ProfileV1.Event(
            eventID: id, customer: CommonV1.CustomerReference(by: .customerID(customerID)), type: type,
            occurredAtMicros: moment.microseconds, propertiesJSON: properties)
    }

    /// Stores events and returns where they stand in the profile log.
    func track(_ events: [ProfileV1.Event]) async throws -> CommonV1.LogPosition {
        let response = try await profile.track(
            ProfileV1.TrackRequest(events: events), options: Self.options(Self.operatorOfAll))
        return response.position ?? CommonV1.LogPosition(log: "profile")
    }

    func optOut(_ customerID: Int64, channel: String = "*") async throws {
        _ = try await profile.setConsents(
            ProfileV1.SetConsentsRequest(
                customer: CommonV1.CustomerReference(by: .customerID(customerID)),
                consents: [
                    ProfileV1.Consent(
                        purpose: "marketing", channel: channel, granted: false,
                        validFromMicros: Self.start.microseconds, source: "test")
                ]),
            options: Self.options(Self.operatorOfAll))
    }
}
