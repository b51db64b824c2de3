internal import ArgumentParser
internal import Contracts

extension CampaignCommand {
    struct Product: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "product", abstract: localized("Writes a product down, or changes it.", "保存或修改产品。"))

        @Argument(help: ArgumentHelp(localized("Lower case letters, digits and hyphens.", "小写字母、数字与连字符。")))
        var code: String
        @Option(help: ArgumentHelp(localized("Name of the product.", "产品名称。"))) var name: String
        @Option(
            name: .customLong("class"),
            help: ArgumentHelp(localized("The bank's class, such as deposit.", "类别，如 deposit。"), valueName: "class"))
        var productClass: String
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let product = CampaignV1.Product(code: code, name: name, class: productClass)
            _ = try await connection.call(as: CampaignRole.maker) { clients, options in
                try await clients.campaign.putProduct(.init(product: product), options: options)
            }
            Terminal.shared.result(localized("product \(code) is written down", "产品 \(code) 已保存"))
        }
    }

    struct Offer: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "offer",
            abstract: localized("Writes an offer of a product down, or changes it.", "保存或修改某产品的权益。"))

        @Argument(help: ArgumentHelp(localized("Lower case letters, digits and hyphens.", "小写字母、数字与连字符。")))
        var code: String
        @Option(help: ArgumentHelp(localized("Code of the product.", "产品代码。"))) var product: String
        @Option(help: ArgumentHelp(localized("Title of the offer.", "权益标题。"))) var title: String
        @Option(help: ArgumentHelp(localized("What the customer reads.", "客户看到的文字。"))) var text = ""
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let offer = CampaignV1.Offer(code: code, productCode: product, title: title, text: text)
            _ = try await connection.call(as: CampaignRole.maker) { clients, options in
                try await clients.campaign.putOffer(.init(offer: offer), options: options)
            }
            Terminal.shared.result(localized("offer \(code) is written down", "权益 \(code) 已保存"))
        }
    }

    struct Offers: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "offers", abstract: localized("Lists the offers.", "列出权益。"))

        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let offers = try await connection.use { clients in
                try await Pages.all { cursor in
                    try await Patience.call(for: connection.person(CampaignRole.reader), seconds: 5) { options in
                        let page = try await clients.campaign.listOffers(.init(pageCursor: cursor), options: options)
                        return (page.offers, page.nextPageCursor)
                    }
                }
            }
            var table = Table(
                [
                    localized("offer", "权益"), localized("product", "产品"), localized("title", "标题"),
                    localized("text", "文字"),
                ], columnsOfText: [0, 1, 2, 3])
            for offer in offers { table.add([offer.code, offer.productCode, offer.title, offer.text]) }
            Terminal.shared.result(table.isEmpty ? localized("no offers yet", "尚无权益") : table.text)
        }
    }
}
