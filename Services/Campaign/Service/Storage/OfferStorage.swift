internal import CampaignDomain
internal import Postgres

/// Products and offers: libraries of the whole bank.
enum OfferStorage {
    static func put(_ product: Product, in connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            INSERT INTO campaign.product (code, name, class)
            VALUES (\(product.code), \(product.name), \(product.productClass))
            ON CONFLICT (code) DO UPDATE SET name = excluded.name, class = excluded.class
            """)
    }

    /// - Returns: false where there is no such product.
    static func put(_ offer: Offer, in connection: PostgresConnection) async throws -> Bool {
        try await connection.execute(
            """
            INSERT INTO campaign.offer (code, product_code, title, text)
            SELECT \(offer.code), p.code, \(offer.title), \(offer.text)
            FROM campaign.product p WHERE p.code = \(offer.productCode)
            ON CONFLICT (code) DO UPDATE SET product_code = excluded.product_code, title = excluded.title,
                text = excluded.text
            """) == 1
    }

    static func find(_ code: String, in connection: PostgresConnection) async throws -> Offer? {
        try await connection.query(
            "SELECT code, product_code, title, text FROM campaign.visible_offer WHERE code = \(code)"
        ).first.map(Offer.init(row:))
    }

    /// Offers with a code behind `code`, in the order of their codes.
    static func list(after code: String, limit: Int, in connection: PostgresConnection) async throws -> [Offer] {
        try await connection.query(
            """
            SELECT code, product_code, title, text FROM campaign.visible_offer
            WHERE code > \(code) ORDER BY code LIMIT \(limit)
            """
        ).map(Offer.init(row:))
    }
}

extension Offer {
    fileprivate init(row: PostgresRow) throws {
        let (code, productCode, title, text) = try row.decode((String, String, String, String).self)
        self.init(code: code, productCode: productCode, title: title, text: text)
    }
}
