internal import Contracts
internal import EventLog
internal import KPIDomain
internal import Postgres
internal import RPC
internal import ServiceKit

extension KPIHandler {
    /// Reads what the person's office may see of a campaign.
    func cells(
        of campaignID: Int64, _ officePath: String, _ after: [CommonV1.LogPosition], _ context: CallContext
    ) async throws -> (name: (name: String, currency: String), cells: [CellKey: Int128], position: CommonV1.LogPosition)
    {
        try await read(officePath, after: after, of: [followers.campaign], context) { below, applied, connection in
            guard let name = try await CampaignNameStorage.visible(campaignID, in: connection) else {
                throw KPIFailure.unknownCampaign
            }
            let cells = try await CellStorage.visible(campaignID: campaignID, below: below, in: connection)
            return (name, cells, (applied["campaign"] ?? LogPosition()).proto(log: "campaign"))
        }
    }

    /// Reads for a person, once the writes that must be seen are counted. Numbers and positions belong together: a rebuild
    /// waits until they are read, and after one that came first the writes are waited for anew.
    ///
    /// - Parameters:
    ///   - after: positions of the logs that `followers` follow.
    ///   - body: gets the office below which the person reads, and how far each log was counted at least.
    func read<Value: Sendable>(
        _ officePath: String, after: [CommonV1.LogPosition], of followers: [LogConsumer], _ context: CallContext,
        _ body: @Sendable (_ below: String, _ applied: [String: LogPosition], PostgresConnection) async throws -> Value
    ) async throws -> Value {
        let principal = try Gate.require(.readReports, context)
        let below = officePath.isEmpty ? principal.officePath : officePath
        try Gate.requireOffice(below, within: principal)
        let wanted = try Self.wanted(after, of: followers)
        let options = TransactionOptions(
            isReadOnly: true, officePath: principal.officePath, deadline: context.deadline)
        while true {
            for (follower, position) in wanted {
                try await follower.waitUntilApplied(position, deadline: context.deadline)
            }
            let value = try await dependencies.requestPool.transaction(options) { connection -> Value? in
                let applied = try await AppliedStorage.visible(consumer: KPIFollowers.name, in: connection)
                let isCounted = wanted.allSatisfy { follower, position in
                    (applied[follower.log] ?? LogPosition()).includes(position)
                }
                return isCounted ? try await body(below, applied, connection) : nil
            }
            if let value { return value }
        }
    }

    /// The positions to wait for. One that nobody follows is refused: whoever sends it would take the answer for one that
    /// contains it.
    private static func wanted(
        _ after: [CommonV1.LogPosition], of followers: [LogConsumer]
    ) throws -> [(LogConsumer, LogPosition)] {
        try after.enumerated().map { index, position in
            guard let follower = followers.first(where: { $0.log == position.log }) else {
                throw KPIFailure.foreignLog(index: index, followed: followers.map(\.log))
            }
            guard position.offsets.allSatisfy({ LogPartition.all.contains(Int16(clamping: $0.partition)) }) else {
                throw KPIFailure.foreignPartition(index: index)
            }
            return (follower, LogPosition(position))
        }
    }
}
