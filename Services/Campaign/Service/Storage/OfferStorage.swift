internal import CampaignDomain
internal import Postgres

/// Products and offers: libraries that the whole bank reads. An entry is changed by the office that made it, or one above.
enum OfferStorage {
    /// - Returns: false where it differs from what another office has made.
    static func put(_ product: Product, by office: String, in connection: PostgresConnection) async throws -> Bool {
        try await connection.execute(
            """
            INSERT INTO campaign.product (code, name, class, office_path)
            VALUES (\(product.code), \(product.name), \(product.productClass), \(office))
            ON CONFLICT (code) DO UPDATE SET name = excluded.name, class = excluded.class
            WHERE starts_with(product.office_path, \(office))
                OR (product.name, product.class) = (excluded.name, excluded.class)
            """) == 1
    }

    static func hasProduct(_ code: String, in connection: PostgresConnection) async throws -> Bool {
        try await !connection.query("SELECT FROM campaign.visible_product WHERE code = \(code)").isEmpty
    }

    /// Of a product that there is.
    ///
    /// - Returns: false where it differs from what another office has made.
    static func put(_ offer: Offer, by office: String, in connection: PostgresConnection) async throws -> Bool {
        try await connection.execute(
            """
            INSERT INTO campaign.offer (code, product_code, title, text, office_path)
            VALUES (\(offer.code), \(offer.productCode), \(offer.title), \(offer.text), \(office))
            ON CONFLICT (code) DO UPDATE SET product_code = excluded.product_code, title = excluded.title,
                text = excluded.text
            WHERE starts_with(offer.office_path, \(office))
                OR (offer.product_code, offer.title, offer.text)
                    = (excluded.product_code, excluded.title, excluded.text)
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
