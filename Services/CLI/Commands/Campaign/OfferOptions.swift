internal import ArgumentParser
internal import Contracts

/// A product and an offer that are put before the draft is made, where they are described.
struct OfferOptions: ParsableArguments {
    @Option(help: ArgumentHelp(localized("Code of the product that is offered.", "产品代码。"), valueName: "code"))
    var product: String?

    @Option(help: ArgumentHelp(localized("Puts the product under this name.", "以此名称保存产品。"), valueName: "name"))
    var productName: String?

    @Option(
        help: ArgumentHelp(
            localized("The bank's class of the product, such as deposit.", "产品类别，如 deposit。"), valueName: "class"))
    var productClass: String?

    @Option(
        help: ArgumentHelp(
            localized("Puts the offer (--offer) with this title.", "以此标题保存权益（--offer）。"), valueName: "title"))
    var offerTitle: String?

    @Option(help: ArgumentHelp(localized("What the customer reads.", "客户看到的文字。"), valueName: "text"))
    var offerText: String?

    /// The options over what a file says.
    func over(_ file: CampaignFile) throws -> CampaignFile {
        var file = file
        if productName != nil || productClass != nil {
            file.product = CampaignV1.Product(
                code: try need(product ?? file.product?.code, "--product"),
                name: try need(productName ?? file.product?.name, "--product-name"),
                class: try need(productClass ?? file.product?.class, "--product-class"))
        }
        if offerTitle != nil || offerText != nil {
            file.offer = CampaignV1.Offer(
                code: try need(file.change.offerCode ?? file.offer?.code, "--offer"),
                productCode: try need(product ?? file.offer?.productCode ?? file.product?.code, "--product"),
                title: try need(offerTitle ?? file.offer?.title, "--offer-title"),
                text: offerText ?? file.offer?.text ?? "")
        }
        return file
    }

    private func need(_ value: String?, _ option: String) throws -> String {
        guard let value else {
            throw ValidationError(localized("Give \(option) as well.", "还需给出 \(option)。"))
        }
        return value
    }
}
