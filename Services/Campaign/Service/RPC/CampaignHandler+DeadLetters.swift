internal import CampaignDomain
internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres
internal import RPC
internal import ServiceKit

extension CampaignHandler {
    private static var lettersAtOnce: Int { 200 }
    private static var entriesAtOnce: Int { 10_000 }

    /// First the entries of the profile log that could not be applied, which only an operator of the whole bank may
    /// see, then deliveries.
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
        let page = try Page(deliveries, limit: Self.lettersAtOnce) { CampaignV1.DeadLetter($0) }
        return CampaignV1.ListDeadLettersResponse(
            deadLetters: letters + page.messages,
            nextPageCursor: page.last.map { cursor.sign([$0.deliveryID]) } ?? "")
    }

    /// Gives what was put aside another chance. A contact goes through the whole gate once more.
    func redriveDeadLetter(
        _ request: CampaignV1.RedriveDeadLetterRequest, context: CallContext
    ) async throws -> CampaignV1.RedriveDeadLetterResponse {
        let person = try Gate.require(.handleDeliveries, context, orMachines: Self.machines)
        // Looked for before the change begins: one connection at a time, however many ask at once.
        let found = try await find(DeadLetterID(request.deadLetterID), person, context)
        let now = try await clock.now()
        let response = try await ownChange(context, request) { connection in
            switch found {
            case .entry(let letter):
                do {
                    try await consumer.redrive(letter, in: connection)
                } catch is LogRetryLater {
                    throw CampaignFailure.aboutToStop
                }
            case .delivery(let letter):
                let redrive = DeliveryRedrive(book: book, timeZone: clock.timeZone)
                try await redrive.again(letter, now: now, in: connection)
            case nil: throw CampaignFailure.unknownDeadLetter
            }
            return CampaignV1.RedriveDeadLetterResponse()
        }
        signal.signal()
        return response
    }

    private enum FoundLetter {
        case entry(EventLog.DeadLetter)
        case delivery(DeadLetterStorage.Letter)
    }

    /// A dead letter, as far as the caller may see it.
    private func find(
        _ id: DeadLetterID, _ person: Principal?, _ context: CallContext
    ) async throws -> FoundLetter? {
        switch id {
        case .entry(let partition, let offset):
            guard Self.seesAll(person) else { return nil }
            return try await consumer.deadLetters(limit: Self.entriesAtOnce)
                .first { $0.partition == partition && $0.offset == offset }.map(FoundLetter.entry)
        case .delivery(let id):
            return try await read(context) { try await DeadLetterStorage.find(id, in: $0) }.map(FoundLetter.delivery)
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
