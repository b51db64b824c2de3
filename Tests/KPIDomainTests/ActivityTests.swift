import Foundation
import KPIDomain
import TestSupport
import Testing

@Suite("Counts of activity")
struct ActivityTests {
    private static let shanghai = TimeZone(secondsFromGMT: 8 * 3_600) ?? .gmt
    /// 2026-03-02 00:30 in Shanghai, the day before in universal time.
    private static let moment = Date(timeIntervalSince1970: 1_772_382_600)

    private func key(_ office: String, _ measure: ActivityMeasure, _ subject: String = "", day: String = "2026-03-02")
        -> ActivityKey
    {
        ActivityKey(officePath: office, day: day, measure: measure, subject: subject)
    }

    @Test("what a customer does counts for the office of that time, on the bank's day")
    func offices() {
        var tally = ActivityTally(days: BusinessDay(timeZone: Self.shanghai), offices: [7: "/head/north/"])
        for (activity, customer) in [
            (Activity.created(officePath: "/head/east/"), Int64(1)), (.event(type: "login"), 1),
            (.assigned(officePath: "/head/west/"), 1), (.event(type: "login"), 1), (.event(type: "login"), 7),
            (.event(type: "login"), 9), (.consent(purpose: "marketing", channel: "sms", isGranted: true), 7),
            (.consent(purpose: "marketing", channel: "sms", isGranted: false), 1),
            (.entered(segmentID: 4, officePath: "/head/south/"), 7), (.exited(segmentID: 4, officePath: "/head/"), 7),
        ] { tally.add(activity, of: customer, at: Self.moment) }
        tally.add(.event(type: "login"), of: 7, at: Self.moment.addingTimeInterval(-1_801))
        #expect(
            tally.amounts == [
                key("/head/east/", .customersCreated): 1, key("/head/east/", .events, "login"): 1,
                key("/head/west/", .events, "login"): 1, key("/head/north/", .events, "login"): 1,
                key("/", .events, "login"): 1, key("/head/north/", .consentsGranted, "marketing/sms"): 1,
                key("/head/west/", .consentsWithdrawn, "marketing/sms"): 1,
                key("/head/south/", .segmentEntered, "4"): 1,
                key("/head/", .segmentExited, "4"): 1,
                key("/head/north/", .events, "login", day: "2026-03-01"): 1,
            ])
        #expect(tally.reassigned == [1] && tally.offices[1] == "/head/west/")
    }

    /// What a follower does: it adds batch after batch, and keeps nothing but counts and offices between them.
    @Test("batches of any size add up to the same counts as all entries at once", arguments: 0..<20)
    func batches(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let offices = ["/head/a/", "/head/b/", "/head/c/"]
        let entries = (0..<300).map { index -> (Activity, Int64, Date) in
            let customer = Int64.random(in: 1...10, using: &random)
            let office = offices[Int.random(in: 0..<3, using: &random)]
            let activity: Activity =
                switch Int.random(in: 0..<5, using: &random) {
                case 0: .created(officePath: office)
                case 1: .assigned(officePath: office)
                case 2: .entered(segmentID: 1, officePath: office)
                default: .event(type: index % 2 == 0 ? "login" : "pay")
                }
            return (
                activity, customer,
                Self.moment.addingTimeInterval(Double.random(in: -200_000...200_000, using: &random))
            )
        }
        let days = BusinessDay(timeZone: Self.shanghai)
        var all = ActivityTally(days: days)
        for (activity, customer, at) in entries { all.add(activity, of: customer, at: at) }
        var sum: [ActivityKey: Int64] = [:]
        var kept: [Int64: String] = [:]
        var rest = entries[...]
        while !rest.isEmpty {
            var batch = ActivityTally(days: days, offices: kept)
            for (activity, customer, at) in rest.prefix(Int.random(in: 1...40, using: &random)) {
                batch.add(activity, of: customer, at: at)
                rest = rest.dropFirst()
            }
            sum.merge(batch.amounts, uniquingKeysWith: +)
            for customer in batch.reassigned { kept[customer] = batch.offices[customer] }
        }
        #expect(sum == all.amounts)
    }

    @Test("a day that begins in the middle of an hour of universal time", arguments: [19_800, 20_700, -12_600, 29_143])
    func oddZones(offset: Int) throws {
        let days = BusinessDay(timeZone: try #require(TimeZone(secondsFromGMT: offset)))
        var tally = ActivityTally(days: days)
        var expected: [String: Int64] = [:]
        for step in 0..<500 {
            let at = Self.moment.addingTimeInterval(Double(step) * 613)
            tally.add(.event(type: "login"), of: 1, at: at)
            expected[days.text(of: at), default: 0] += 1
        }
        #expect(Dictionary(tally.amounts.map { ($0.key.day, $0.value) }, uniquingKeysWith: +) == expected)
    }

    @Test("a period is two days of the calendar, in order and not too long")
    func periods() throws {
        #expect(ActivityPeriod(first: "2026-01-01", last: "2026-04-02") != nil)
        for (first, last) in [
            ("2026-01-01", "2026-04-03"), ("2026-01-02", "2026-01-01"), ("2026-02-29", "2026-03-01"),
            ("", "2026-01-01"),
            ("2026-1-1", "2026-01-01"), ("2026-01-01", "2026-01-01x"), ("2026-13-01", "2026-13-01"),
            ("2026-01-+1", "2026-01-02"),
        ] { #expect(ActivityPeriod(first: first, last: last) == nil, "\(first) to \(last)") }
        #expect(ActivityPeriod(last: "2024-03-01", dayCount: 2)?.first == "2024-02-29")
        #expect(ActivityPeriod(last: "2026-03-30", dayCount: 30)?.first == "2026-03-01")
    }
}
