internal import Contracts
internal import EventLog
internal import KPIDomain
internal import Postgres
internal import RPC
internal import ServiceKit

/// Translates calls of the kpi service.
struct KPIHandler: KPIV1.KPIServiceHandler {
    let dependencies: KPIDependencies
    let followers: KPIFollowers
    let verification: Verification
    let activityVerification: ActivityVerification

    let days: BusinessDay

    /// Of activity, where nobody says from when.
    private static let usualDayCount = 30
    /// What fits one reply.
    private static let activityLimit = 5_000

    func getCampaignReport(
        _ request: KPIV1.GetCampaignReportRequest, context: CallContext
    ) async throws -> KPIV1.GetCampaignReportResponse {
        let (name, cells, position) = try await cells(
            of: request.campaignID, request.officePath, request.after, context)
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
        let (_, cells, _) = try await cells(of: request.campaignID, request.officePath, request.after, context)
        let days = DayCounts.series(campaignID: request.campaignID, cells: cells)
        return KPIV1.GetDaySeriesResponse(days: days.map(\.proto))
    }

    func getActivity(
        _ request: KPIV1.GetActivityRequest, context: CallContext
    ) async throws -> KPIV1.GetActivityResponse {
        _ = try Gate.require(.readReports, context)
        let today = request.toDay.isEmpty ? days.text(of: try await dependencies.clock.now()) : request.toDay
        let asked =
            request.fromDay.isEmpty
            ? ActivityPeriod(last: today, dayCount: Self.usualDayCount)
            : ActivityPeriod(first: request.fromDay, last: today)
        guard let period = asked else { throw KPIFailure.unusablePeriod }
        let counts = try await read(
            request.officePath, after: request.after, of: followers.activity, context
        ) { below, _, connection in
            try await ActivityStorage.visible(
                period, below: below, limit: Self.activityLimit + 1, in: connection)
        }
        guard counts.count <= Self.activityLimit else { throw KPIFailure.tooManyCounts(Self.activityLimit) }
        return KPIV1.GetActivityResponse(counts: counts.map { KPIV1.ActivityCount($0.key, $0.amount) })
    }

    func verify(_ request: KPIV1.VerifyRequest, context: CallContext) async throws -> KPIV1.VerifyResponse {
        let principal = try Gate.require(.verifyReports, context)
        guard principal.officePath == "/" else { throw KPIFailure.notOfTheHeadOffice }
        let outcome = try await verification.run(
            campaignID: request.campaignID, deadline: context.deadline, partitions: 0..<Int16(LogPartition.count))
        try await requireKnown(request.campaignID, outcome, context)
        var reply = KPIV1.VerifyResponse(cells: outcome.cells, entries: outcome.entries)
        var differences = ShownDifferences(
            setAside: outcome.setAside.map { [$0.proto(log: "campaign")] } ?? [],
            cells: outcome.differences.map(\.proto))
        if request.campaignID == 0 {
            let activity = try await activityVerification.run(deadline: context.deadline)
            differences.setAside += activity.setAside.map { $0.entries.proto(log: $0.log) }
            reply.cells += activity.cells
            reply.entries += activity.entries
            differences.activity = activity.differences.map(\.proto)
        }
        reply.differences = differences.shown
        reply.differenceCount = Int64(differences.count)
        return reply
    }

    /// One of which there is not a trace is a mistake of whoever asks, and no campaign without differences.
    private func requireKnown(
        _ campaignID: Int64, _ outcome: Verification.Outcome, _ context: CallContext
    ) async throws {
        guard campaignID != 0, !outcome.isCampaignKnown else { return }
        // While all is counted anew, the first entries may be yet to come.
        let isKnown = try await dependencies.pool.withConnection(deadline: context.deadline) {
            try await CampaignNameStorage.isKnown(campaignID, in: $0)
        }
        guard isKnown else { throw KPIFailure.unknownCampaign }
    }

    func rebuild(_ request: KPIV1.RebuildRequest, context: CallContext) async throws -> KPIV1.RebuildResponse {
        let principal = try Gate.require(.rebuildReports, context)
        guard principal.officePath == "/" else { throw KPIFailure.notOfTheHeadOffice }
        try await dependencies.pool.transaction(TransactionOptions(deadline: context.deadline)) { connection in
            for follower in followers.all { try await follower.rewind(in: connection) }
            try await RebuildStorage.forgetCounts(in: connection)
        }
        dependencies.logger.notice("All numbers are counted anew from the logs")
        return KPIV1.RebuildResponse()
    }

    func getProgress(
        _ request: KPIV1.GetProgressRequest, context: CallContext
    ) async throws -> KPIV1.GetProgressResponse {
        _ = try Gate.require(.readReports, context)
        var progress = KPIV1.GetProgressResponse()
        for follower in followers.all {
            let (written, applied) = try await follower.progress()
            progress.written += written
            progress.counted += applied
        }
        progress.deadLetters = try await DeadLetterCounting.count(
            consumer: KPIFollowers.name, in: dependencies.pool)
        return progress
    }
}
