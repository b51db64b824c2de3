internal import Foundation
internal import ServiceKit
internal import Synchronization

/// Business time that a test moves by hand.
final class ManualClock: BusinessClock {
    let timeZone = TimeZone(identifier: "Asia/Shanghai")!
    private let date: Mutex<Date>

    init(_ date: Date) {
        self.date = Mutex(date)
    }

    func now() -> Date { date.withLock { $0 } }

    func advance(by seconds: Double) {
        date.withLock { $0 += seconds }
    }
}
