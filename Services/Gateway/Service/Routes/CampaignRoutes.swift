internal import Contracts
internal import Hummingbird
internal import ServiceKit

/// Campaigns from draft to close.
enum CampaignRoutes {
    private static let campaignID = Parameter<Int64>.identifier("id", in: .path, "id of the campaign")

    static func all(_ clients: GatewayClients) -> [Route] {
        drafts(clients) + steps(clients)
    }

    private static func drafts(_ clients: GatewayClients) -> [Route] {
        [
            .change(
                .post, "/v1/campaigns", "createCampaign", "Makes a draft; the caller is its maker.", .editCampaigns,
                body: CampaignShapes.plan, reply: CampaignShapes.campaign, status: .created, fieldPrefix: "plan."
            ) { call, plan in
                try await clients.campaign.createCampaign(
                    CampaignV1.CreateCampaignRequest(plan: plan), options: call.options
                ).campaign.present()
            },
            .change(
                .put, "/v1/campaigns/{id}", "updateCampaign",
                "Changes a draft or an approved campaign; an approval is void after it.", .editCampaigns,
                parameters: [campaignID], body: CampaignShapes.update, reply: CampaignShapes.campaign
            ) { call, body in
                var request = body
                request.campaignID = try call.value(of: campaignID)
                return try await clients.campaign.updateCampaign(request, options: call.options).campaign.present()
            },
            .get(
                "/v1/campaigns/{id}", "getCampaign", "A campaign.", .readCampaigns, parameters: [campaignID],
                reply: CampaignShapes.campaign
            ) { call in
                try await clients.campaign.getCampaign(
                    CampaignV1.GetCampaignRequest(campaignID: try call.value(of: campaignID)), options: call.options
                ).campaign.present()
            },
            .get(
                "/v1/campaigns", "listCampaigns", "The campaigns in scope.", .readCampaigns,
                parameters: [Parameter<String>.cursor], reply: CampaignShapes.campaigns
            ) { call in
                try await clients.campaign.listCampaigns(
                    CampaignV1.ListCampaignsRequest(pageCursor: call[.cursor] ?? ""), options: call.options)
            },
        ]
    }

    private static func steps(_ clients: GatewayClients) -> [Route] {
        [
            .change(
                .post, "/v1/campaigns/{id}/approve", "approveCampaign",
                "draft -> approved; the checker is not the maker.", .approveCampaigns, parameters: [campaignID],
                body: CampaignShapes.approval, reply: CampaignShapes.campaign
            ) { call, body in
                var request = body
                request.campaignID = try call.value(of: campaignID)
                return try await clients.campaign.approveCampaign(request, options: call.options).campaign.present()
            },
            .command(
                "/v1/campaigns/{id}/start", "startCampaign", "approved or paused -> running.", .runCampaigns,
                parameters: [campaignID], reply: CampaignShapes.campaign
            ) { call in
                try await clients.campaign.startCampaign(
                    CampaignV1.StartCampaignRequest(campaignID: try call.value(of: campaignID)), options: call.options
                ).campaign.present()
            }.within(.seconds(15)),
            .command(
                "/v1/campaigns/{id}/pause", "pauseCampaign",
                "running -> paused: nothing further is reserved or handed to a channel until it is started again. "
                    + "What a channel worker already has may still leave, within its lease.", .runCampaigns,
                parameters: [campaignID], reply: CampaignShapes.campaign
            ) { call in
                try await clients.campaign.pauseCampaign(
                    CampaignV1.PauseCampaignRequest(campaignID: try call.value(of: campaignID)), options: call.options
                ).campaign.present()
            },
            .command(
                "/v1/campaigns/{id}/close", "closeCampaign", "-> closed, for good.", .runCampaigns,
                parameters: [campaignID], reply: CampaignShapes.campaign
            ) { call in
                try await clients.campaign.closeCampaign(
                    CampaignV1.CloseCampaignRequest(campaignID: try call.value(of: campaignID)), options: call.options
                ).campaign.present()
            },
        ]
    }
}
