/// What the bank sells.
package struct Product: Sendable, Hashable {
    package var code: String
    package var name: String
    /// The bank's class, for example "deposit".
    package var productClass: String

    package init(code: String, name: String, productClass: String) {
        self.code = code
        self.name = name
        self.productClass = productClass
    }

    package func check() throws(CampaignProblem) {
        guard Names.isCode(code) else {
            throw CampaignProblem(
                .invalid, field: "product.code", "Name the product by lower case letters, digits and hyphens.")
        }
        guard Names.isTitle(name, atMost: 100) else {
            throw CampaignProblem(.invalid, field: "product.name", "Give the product a name of at most 100 characters.")
        }
        guard Names.isPlain(productClass) else {
            throw CampaignProblem(.invalid, field: "product.class", "Name the class, for example deposit.")
        }
    }
}

/// What customers of a campaign read.
package struct OfferWords: Sendable, Hashable {
    package var title: String
    package var text: String

    /// Of a campaign of the past, which sends nothing.
    package static let none = OfferWords(title: "", text: "")

    package init(title: String, text: String) {
        self.title = title
        self.text = text
    }
}

/// What a customer is offered, and in which words.
package struct Offer: Sendable, Hashable {
    package var code: String
    package var productCode: String
    package var title: String
    package var text: String

    package var words: OfferWords { OfferWords(title: title, text: text) }

    package init(code: String, productCode: String, title: String, text: String) {
        self.code = code
        self.productCode = productCode
        self.title = title
        self.text = text
    }

    package func check() throws(CampaignProblem) {
        guard Names.isCode(code) else {
            throw CampaignProblem(
                .invalid, field: "offer.code", "Name the offer by lower case letters, digits and hyphens.")
        }
        guard Names.isCode(productCode) else {
            throw CampaignProblem(
                .invalid, field: "offer.product_code", "Name the product that is offered by its code.")
        }
        guard Names.isTitle(title, atMost: 200) else {
            throw CampaignProblem(.invalid, field: "offer.title", "Give the offer a title of at most 200 characters.")
        }
        guard text.unicodeScalars.count <= 4_000 else {
            throw CampaignProblem(.invalid, field: "offer.text", "Keep the text within 4000 characters.")
        }
        // On a terminal, others would rewrite what the checker reads.
        guard text.unicodeScalars.allSatisfy(Self.isOfText) else {
            throw CampaignProblem(
                .invalid, field: "offer.text", "Leave out control characters, but for tabs and line feeds.")
        }
    }
    private static func isOfText(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory != .control || scalar == "\t" || scalar == "\n"
    }
}
