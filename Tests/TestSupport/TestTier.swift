internal import Foundation

/// How thorough this run is: `deploy/test`, or `deploy/test --long`.
public enum TestTier {
    public static var isLong: Bool { ProcessInfo.processInfo.environment["ZHIKE_TEST_LONG"] == "1" }

    /// The number of rounds of a fault test: ten, or the full count of the promise.
    public static func rounds(short: Int = 10, long: Int) -> Int { isLong ? long : short }

    /// Tells a count that belongs into the report of the long run, such as "100 kills over ipc, all healed in 5 s".
    public static func report(_ sentence: String) {
        print("report: \(sentence)")
    }
}
