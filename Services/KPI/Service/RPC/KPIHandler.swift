internal import Contracts
internal import EventLog
internal import KPIDomain
internal import Postgres
internal import RPC
internal import ServiceKit

/// Translates calls of the kpi service.
struct KPIHandler: KPIV1.KPIServiceHandler {
    let dependencies: KPIDependencies
    let consumer: LogConsumer
    let verification: Verification

    func getCampaignReport(
        _ request: KPIV1.GetCampaignReportRequest, context: CallContext
    ) async throws -> KPIV1.GetCampaignReportResponse {
        let (name, cells, position) = try await cells(
            request.campaignID, request.officePath, request.after, context)
        let report = CampaignReport(campaignID: request.campaignID, cells: cells)
        var proto = report.proto
        proto.campaignName = name.name
        proto.currency = name.currency
        proto.position = position
        return KPIV1.GetCampaignReportResponse(report: proto)
    }

    func getDaySeries(
        _ request: KPIV1.GetDaySeriesRequest, context: CallContext
    ) async throws -> KPIV1.GetDaySeriesResponse {
        let (_, cells, _) = try await cells(request.campaignID, request.officePath, request.after, context)
        let days = DayCounts.series(campaignID: request.campaignID, cells: cells)
        return KPIV1.GetDaySeriesResponse(days: days.map(\.proto))
    }

    func verify(_ request: KPIV1.VerifyRequest, context: CallContext) async throws -> KPIV1.VerifyResponse {
        let principal = try Gate.require(.verifyReports, context)
        guard principal.officePath == "/" else { throw KPIFailure.notOfTheHeadOffice }
        let outcome = try await verification.run(
            campaignID: request.campaignID, deadline: context.deadline, partitions: 0..<Int16(LogPartition.count))
        let setAside = outcome.setAside.map { [$0.proto] } ?? []
        return KPIV1.VerifyResponse(
            cells: outcome.cells, entries: outcome.entries,
            differences: setAside + outcome.differences.prefix(1_000).map(\.proto))
    }

    /// Waits for the writes that must be seen, then reads what the person's office may see.
    private func cells(
        _ campaignID: Int64, _ officePath: String, _ after: [CommonV1.LogPosition], _ context: CallContext
    ) async throws -> (name: (name: String, currency: String), cells: [CellKey: Int128], position: CommonV1.LogPosition)
    {
        let principal = try Gate.require(.readReports, context)
        let below = officePath.isEmpty ? principal.officePath : officePath
        try Gate.requireOffice(below, within: principal)
        for position in after where position.log == "campaign" {
            try await consumer.waitUntilApplied(LogPosition(position), deadline: context.deadline)
        }
        let applied = try await consumer.appliedPosition()
        let options = TransactionOptions(
            isReadOnly: true, officePath: principal.officePath, deadline: context.deadline)
        return try await dependencies.requestPool.transaction(options) { connection in
            guard let name = try await CampaignNameStorage.visible(campaignID, in: connection) else {
                throw KPIFailure.unknownCampaign
            }
            let cells = try await CellStorage.visible(campaignID: campaignID, below: below, in: connection)
            return (name, cells, applied.proto(log: "campaign"))
        }
    }
}
