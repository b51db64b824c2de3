internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Testing

@testable internal import CampaignService

@Suite("which events concern a campaign")
struct EventInterestTests {
    private static let start = Date(timeIntervalSince1970: 1_772_416_800)
    private static let end = start + 86_400
    /// An hour.
    private static let window = 3_600.0

    private func interest(closedAt: Date?) -> EventInterest {
        EventInterest([
            LiveCampaign(
                id: 7, version: 1, state: closedAt == nil ? .running : .closed,
                plan: CampaignPlan(
                    conversionEventType: "bought", conversionWindowMicroseconds: Int64(Self.window) * 1_000_000,
                    triggers: [Trigger(eventType: "viewed", channel: "push")]),
                offerTitle: "", offerText: "", startedAt: Self.start, closedAt: closedAt)
        ])
    }

    private func event(_ type: String, at moment: Date) -> LogEntry {
        LogEntry(
            partition: 0, offset: 1, customerID: 1, kind: 1, subject: type, occurredAt: moment, recordedAt: moment)
    }

    @Test(
        "an event is a conversion from the start until a window after the end, both included",
        arguments: [
            (start - 0.001, false), (start, true), (end, true), (end + window, true), (end + window + 0.001, false),
        ])
    func conversions(moment: Date, concerns: Bool) {
        let found = interest(closedAt: Self.end).converting(event("bought", at: moment))
        #expect(found.map(\.id) == (concerns ? [7] : []))
    }

    @Test("without an end there is no last conversion, and another event is none")
    func open() {
        let interest = interest(closedAt: nil)
        #expect(interest.converting(event("bought", at: Self.end + 400 * 86_400)).count == 1)
        #expect(interest.converting(event("viewed", at: Self.end)).isEmpty)
        #expect(interest.concerns(event("viewed", at: Self.end)) && !interest.concerns(event("login", at: Self.end)))
    }

    @Test("an event triggers from the start on, in a campaign that runs")
    func triggers() {
        #expect(interest(closedAt: nil).triggering(event("viewed", at: Self.start)).count == 1)
        #expect(interest(closedAt: nil).triggering(event("viewed", at: Self.start - 0.001)).isEmpty)
        #expect(interest(closedAt: Self.end).triggering(event("viewed", at: Self.start)).isEmpty)
    }
}
