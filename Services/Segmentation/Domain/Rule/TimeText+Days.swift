internal import Foundation

extension TimeText {
    /// When a day such as 2026-03-01 begins in the zone.
    static func firstMicrosecond(ofDay text: String, in zone: TimeZone) -> Int64? {
        guard let midnight = microseconds(text + "T00:00:00Z") else { return nil }
        func offset(_ microseconds: Int64) -> Int64 {
            let moment = Date(timeIntervalSince1970: Double(microseconds / 1_000_000))
            return Int64(zone.secondsFromGMT(for: moment)) * 1_000_000
        }
        // The zone is asked at about its own midnight: it may have moved its clocks in the hours between that and UTC's.
        let first = midnight - offset(midnight - offset(midnight))
        return range.contains(first) ? first : nil
    }
}
