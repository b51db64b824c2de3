internal import ArgumentParser
internal import Contracts
internal import RPC

extension CampaignCommand {
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: localized("Makes a draft from options or a JSON file.", "由参数或 JSON 文件创建草稿。"))

        @OptionGroup(title: localized("Plan", "计划")) var plan: PlanOptions
        @OptionGroup(title: localized("Offer", "权益")) var offer: OfferOptions
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let file = try offer.over(try plan.file())
            var plan = CampaignV1.CampaignPlan(officePath: connection.office, purpose: "marketing")
            file.change.apply(to: &plan)
            try await CampaignCommand.put(file, connection)
            if plan.offerCode.isEmpty { plan.offerCode = file.offer?.code ?? "" }
            let reply = try await connection.call(as: CampaignRole.maker) { [plan] clients, options in
                try await clients.campaign.createCampaign(.init(plan: plan), options: options)
            }
            CampaignCommand.show(reply.campaign)
        }
    }

    struct Edit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "edit",
            abstract: localized(
                "Changes a draft or an approved campaign; an approval is void after it.", "修改草稿或已批准的活动；修改后批准失效。"))

        @Argument(help: ArgumentHelp(localized("Number of the campaign.", "活动编号。"))) var campaign: Int64
        @OptionGroup(title: localized("Plan", "计划")) var plan: PlanOptions
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let file = try plan.file()
            guard file.change != PlanChange() || file.product != nil || file.offer != nil else {
                throw ValidationError(
                    localized("Say what to change, for example --name or --plan.", "请指明要修改的内容，如 --name 或 --plan。"))
            }
            // First, because the new version takes the words that the offer then has.
            try await CampaignCommand.put(file, connection)
            let reply = try await connection.use { clients in
                let old = try await CampaignCommand.campaign(campaign, connection, clients)
                var plan = old.plan ?? CampaignV1.CampaignPlan()
                file.change.apply(to: &plan)
                return try await Patience.call(for: connection.person(CampaignRole.maker), seconds: 5) {
                    [plan] options in
                    try await clients.campaign.updateCampaign(
                        .init(campaignID: campaign, version: old.version, plan: plan), options: options)
                }
            }
            CampaignCommand.show(reply.campaign)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: localized("Shows a campaign and what came of it.", "查看活动及其进展。"))

        @Argument(help: ArgumentHelp(localized("Number of the campaign.", "活动编号。"))) var campaign: Int64
        @Flag(help: ArgumentHelp(localized("As JSON.", "以 JSON 输出。"))) var json = false
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let found = try await connection.use { clients in
                try await CampaignCommand.campaign(campaign, connection, clients)
            }
            let text = CampaignText(campaign: found)
            Terminal.shared.result(json ? try text.json() : text.text)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: localized("Lists the campaigns, the newest first.", "列出活动，最新在前。"))

        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let campaigns = try await connection.use { clients in
                try await Pages.all { cursor in
                    try await Patience.call(for: connection.person(CampaignRole.reader), seconds: 5) { options in
                        let page = try await clients.campaign.listCampaigns(.init(pageCursor: cursor), options: options)
                        return (page.campaigns, page.nextPageCursor)
                    }
                }
            }
            Terminal.shared.result(CampaignText.list(campaigns))
        }
    }

    /// Product and offer of a plan's file, where it has them.
    private static func put(_ file: CampaignFile, _ connection: Connection) async throws {
        if let product = file.product {
            _ = try await connection.call(as: CampaignRole.maker) { clients, options in
                try await clients.campaign.putProduct(.init(product: product), options: options)
            }
        }
        if let offer = file.offer {
            _ = try await connection.call(as: CampaignRole.maker) { clients, options in
                try await clients.campaign.putOffer(.init(offer: offer), options: options)
            }
        }
    }

    static func campaign(
        _ id: Int64, _ connection: Connection, _ clients: SuiteClients
    ) async throws -> CampaignV1.Campaign {
        try await Patience.call(for: connection.person(CampaignRole.reader), seconds: 5) { options in
            try await clients.campaign.getCampaign(.init(campaignID: id), options: options)
        }.campaign ?? CampaignV1.Campaign()
    }

    static func show(_ campaign: CampaignV1.Campaign?) {
        Terminal.shared.result(CampaignText(campaign: campaign ?? CampaignV1.Campaign()).text)
    }
}

/// How much is shown at once.
enum Limits {
    static func check(_ limit: Int) throws {
        guard (1...1_000_000).contains(limit) else {
            throw ValidationError(localized("Give --limit from 1 to 1000000.", "--limit 应为 1 到 1000000。"))
        }
    }
}

/// Reads what comes in pages to its end.
enum Pages {
    static func all<Item>(
        _ page: (_ cursor: String) async throws -> (items: [Item], next: String)
    ) async throws -> [Item] {
        var items: [Item] = []
        var cursor = ""
        repeat {
            let (more, next) = try await page(cursor)
            items += more
            cursor = next
        } while !cursor.isEmpty
        return items
    }
}
