internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres
internal import ServiceKit

/// Goes through the audience of a campaign, wave by wave, page by page, and reserves contacts.
struct WaveRunner: Sendable {
    let pool: PostgresPool
    let clock: any BusinessClock
    let reservation: ContactReservation
    let bounds: CampaignBounds
    let writer = EventLogWriter(schema: "campaign")
    /// After a commit: how many contacts wait for a worker now.
    let afterCommit: @Sendable (_ reserved: Int) -> Void

    enum Progress {
        /// There may be more to do at once.
        case worked
        /// The next wave's time has not come, or the campaign does not run any more.
        case waiting
        /// Every wave is finished.
        case complete
    }

    /// Works on the first wave that is not finished, if its time has come.
    func runDue(of campaign: LiveCampaign, fencingToken: Int64) async throws -> Progress {
        let now = try await clock.now()
        let runs = try await pool.withConnection { try await WaveStorage.runs(of: campaign.id, in: $0) }
        guard let wave = campaign.plan.waves.first(where: { runs[$0.number]?.isFinished != true }) else {
            return .complete
        }
        guard wave.startsAt.map({ $0 <= now }) ?? true else { return .waiting }
        if runs[wave.number] == nil {
            try await pool.transaction { connection in
                guard try await PlannerLeaseStorage.holds(fencingToken, in: connection) else {
                    throw CampaignFailure.fenced
                }
                try await WaveStorage.open(
                    wave.number, of: campaign.id, at: now, fencingToken: fencingToken, in: connection)
            }
        }
        let partitions = try await pool.withConnection {
            try await WaveStorage.openPartitions(wave.number, of: campaign.id, in: $0)
        }
        guard try await run(wave, of: campaign, through: partitions, fencingToken: fencingToken) else {
            return .waiting
        }
        if partitions.isEmpty {
            try await pool.transaction { try await WaveStorage.finish(wave.number, of: campaign.id, at: now, in: $0) }
        }
        return .worked
    }

    /// Goes through some partitions, a few at a time, for about a quarter of the lease, which the planner prolongs before the
    /// next campaign.
    ///
    /// - Returns: false where the campaign does not run any more.
    private func run(
        _ wave: Wave, of campaign: LiveCampaign, through partitions: [Int16], fencingToken: Int64
    ) async throws -> Bool {
        let end = ContinuousClock.now + bounds.plannerLease / 4
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            var waiting = partitions.makeIterator()
            for partition in (0..<bounds.partitionsAtOnce).compactMap({ _ in waiting.next() }) {
                group.addTask { try await self.run(wave, of: campaign, partition, fencingToken, until: end) }
            }
            var isRunning = true
            while let result = try await group.next() {
                isRunning = isRunning && result
                guard isRunning, ContinuousClock.now < end, let partition = waiting.next() else { continue }
                group.addTask { try await self.run(wave, of: campaign, partition, fencingToken, until: end) }
            }
            return isRunning
        }
    }

    private func run(
        _ wave: Wave, of campaign: LiveCampaign, _ partition: Int16, _ fencingToken: Int64,
        until end: ContinuousClock.Instant
    ) async throws -> Bool {
        while ContinuousClock.now < end {
            switch try await page(wave, of: campaign, partition, fencingToken) {
            case .more: continue
            case .finished: return true
            case .notRunning: return false
            }
        }
        return true
    }

    private enum PageResult {
        case more
        case finished
        case notRunning
    }

    /// Decides about one page of customers, in one transaction.
    private func page(
        _ wave: Wave, of campaign: LiveCampaign, _ partition: Int16, _ fencingToken: Int64
    ) async throws -> PageResult {
        let now = try await clock.now()
        let (outcome, reserved) = try await pool.transaction { connection -> (PageResult, Int) in
            let answers = try await connection.pipeline([
                WaveStorage.lockStatement(partition, wave.number, of: campaign.id, fencingToken: fencingToken),
                LiveCampaignStorage.lockRunningStatement([campaign.id]),
                PolicyStorage.currentStatement,
                WaveStorage.pageStatement(partition, wave.number, of: campaign.id, limit: bounds.pageSize),
            ])
            // Another planner is past this partition, or has taken over.
            guard !answers[0].isEmpty else { return (.finished, 0) }
            guard !answers[1].isEmpty else { return (.notRunning, 0) }
            let policy = try PolicyStorage.current(answers[2]).policy
            let members = try AudienceStorage.members(answers[3]).values.sorted { $0.customerID < $1.customerID }
            let result = try await reservation.decide(
                members.map { Candidate(member: $0, campaign: campaign, wave: wave.number, channel: wave.channel) },
                policy: policy, now: now, in: connection)
            let isFinished = members.count < bounds.pageSize
            try await connection.execute(
                WaveStorage.moveStatement(
                    partition, wave.number, of: campaign.id, to: members.last?.customerID, done: members.count,
                    isFinished: isFinished, fencingToken: fencingToken))
            try await writer.append(result.entries, in: connection)
            return (isFinished ? .finished : .more, result.reserved)
        }
        afterCommit(reserved)
        return outcome
    }
}
