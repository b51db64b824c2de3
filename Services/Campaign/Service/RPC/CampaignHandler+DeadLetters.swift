internal import CampaignDomain
internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres
internal import RPC
internal import ServiceKit

extension CampaignHandler {
    private static var lettersAtOnce: Int { 200 }

    /// First the entries of the profile log that could not be applied, which only an operator of the whole bank may see,
    /// then deliveries.
    func listDeadLetters(
        _ request: CampaignV1.ListDeadLettersRequest, context: CallContext
    ) async throws -> CampaignV1.ListDeadLettersResponse {
        let person = try Gate.require(.handleDeliveries, context, orMachines: Self.machines)
        let cursor = ListCursor(dependencies.pages, context)
        let after = try cursor.numbers(request.pageCursor)?.first
        var letters: [CampaignV1.DeadLetter] = []
        if after == nil, Self.seesAll(person) {
            letters = try await consumer.deadLetters(limit: Self.lettersAtOnce).map(CampaignV1.DeadLetter.init)
        }
        let deliveries = try await read(context) {
            try await DeadLetterStorage.list(after: after ?? 0, limit: Self.lettersAtOnce + 1, in: $0)
        }
        let page = deliveries.prefix(Self.lettersAtOnce)
        return CampaignV1.ListDeadLettersResponse(
            deadLetters: letters + page.map(CampaignV1.DeadLetter.init),
            nextPageCursor: page.count < deliveries.count ? cursor.sign([page.last?.deliveryID ?? 0]) : "")
    }

    /// Gives what was put aside another chance. A contact goes through the whole gate once more.
    func redriveDeadLetter(
        _ request: CampaignV1.RedriveDeadLetterRequest, context: CallContext
    ) async throws -> CampaignV1.RedriveDeadLetterResponse {
        let person = try Gate.require(.handleDeliveries, context, orMachines: Self.machines)
        switch DeadLetterID(request.deadLetterID) {
        case .entry(let partition, let offset):
            let letters = Self.seesAll(person) ? try await consumer.deadLetters(limit: 10_000) : []
            guard let letter = letters.first(where: { $0.partition == partition && $0.offset == offset }) else {
                throw CampaignFailure.unknownDeadLetter
            }
            try await consumer.redrive(letter)
            notifier.signal()
        case .delivery(let id):
            guard let letter = try await read(context, { try await DeadLetterStorage.find(id, in: $0) }) else {
                throw CampaignFailure.unknownDeadLetter
            }
            try await redrive(letter, request, context)
        }
        signal.signal()
        return CampaignV1.RedriveDeadLetterResponse()
    }

    private func redrive(
        _ letter: DeadLetterStorage.Letter, _ request: CampaignV1.RedriveDeadLetterRequest, _ context: CallContext
    ) async throws {
        let now = try await clock.now()
        let redrive = DeliveryRedrive(book: book, timeZone: clock.timeZone)
        _ = try await ownChange(context, request) { connection in
            try await redrive.again(letter, now: now, in: connection)
            return CampaignV1.RedriveDeadLetterResponse()
        }
    }

    /// Entries of the log belong to no office.
    private static func seesAll(_ person: Principal?) -> Bool {
        person?.officePath ?? "/" == "/"
    }
}

extension CampaignV1.DeadLetter {
    fileprivate init(_ letter: EventLog.DeadLetter) {
        self.init(
            deadLetterID: DeadLetterID.entry(partition: letter.partition, offset: letter.offset).number,
            kind: "log entry", reason: letter.reason, attempts: Int32(clamping: letter.attempts),
            createdAtMicros: letter.failedAt.microseconds)
    }

    fileprivate init(_ letter: DeadLetterStorage.Letter) {
        self.init(
            deadLetterID: DeadLetterID.delivery(letter.deliveryID).number, kind: "delivery", reason: letter.reason,
            attempts: letter.attempts, createdAtMicros: letter.createdAt.microseconds, redriven: letter.isRedriven)
    }
}
