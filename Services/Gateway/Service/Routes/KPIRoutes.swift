internal import Contracts
internal import Hummingbird
internal import RPC
internal import ServiceKit

/// Reports.
enum KPIRoutes {
    private static let campaignID = Parameter<Int64>.identifier("id", in: .path, "id of the campaign")
    private static let officePath = Parameter<String>.text(
        "office_path", in: .query, "offices below this one; the caller's scope where absent", 1...200, .officePath)
    private static let fresh = Parameter<Bool>.flag(
        "fresh", "wait until everything that was acknowledged before is counted")

    private static let fromDay = Parameter<String>.day(
        "from_day", "first business day; 29 days before the last where absent")
    private static let toDay = Parameter<String>.day(
        "to_day", "last business day, at most 91 days after the first; today where absent")

    static func all(_ clients: GatewayClients) -> [Route] {
        [
            .get(
                "/v1/kpi/campaigns/{id}", "getCampaignReport", "Effect of a campaign against its control group.",
                .readReports, parameters: [campaignID, officePath, fresh], reply: KPIShapes.report
            ) { call in
                let request = KPIV1.GetCampaignReportRequest(
                    campaignID: try call.value(of: campaignID), officePath: call[officePath] ?? "",
                    after: try await after(call, clients))
                return try await clients.kpi.getCampaignReport(request, options: call.options).report.present()
            }.within(.seconds(30)),
            .get(
                "/v1/kpi/campaigns/{id}/days", "getDaySeries", "Counts of a campaign by business day.", .readReports,
                parameters: [campaignID, officePath, fresh], reply: KPIShapes.days
            ) { call in
                let request = KPIV1.GetDaySeriesRequest(
                    campaignID: try call.value(of: campaignID), officePath: call[officePath] ?? "",
                    after: try await after(call, clients))
                return try await clients.kpi.getDaySeries(request, options: call.options)
            }.within(.seconds(30)),
            .get(
                "/v1/kpi/activity", "getActivity",
                "What happened to customers by business day: who came, what they did and agreed to, segments entered.",
                .readReports, parameters: [fromDay, toDay, officePath, fresh], reply: KPIShapes.activity
            ) { call in
                let isFresh = call[fresh] ?? false
                let request = KPIV1.GetActivityRequest(
                    officePath: call[officePath] ?? "", fromDay: call[fromDay] ?? "", toDay: call[toDay] ?? "",
                    after: isFresh ? try await Freshness.activity(clients, call.options) : [])
                return try await clients.kpi.getActivity(request, options: call.options)
            }.within(.seconds(30)),
            .change(
                .post, "/v1/kpi/verify", "verifyReports",
                "Recomputes every cell from the logs and lists the differences.", .verifyReports,
                body: KPIShapes.verify, reply: KPIShapes.verified
            ) { call, request in
                try await clients.kpi.verify(request, options: call.options)
            }.within(.seconds(60)),
        ]
    }

    private static func after(
        _ call: GatewayCall, _ clients: GatewayClients
    ) async throws(RPCError) -> [CommonV1.LogPosition] {
        guard call[fresh] ?? false else { return [] }
        return try await Freshness.report(clients, call.options)
    }
}
