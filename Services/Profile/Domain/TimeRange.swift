public import Foundation

/// Which moments are kept: the years 1 to 9999, which the database, JSON and every calendar can write.
public enum TimeRange {
    private static let first = Date(timeIntervalSince1970: -62_135_596_800)
    private static let end = Date(timeIntervalSince1970: 253_402_300_800)

    public static func holds(_ moment: Date) -> Bool { moment >= first && moment < end }

    static func check(_ moment: Date, field: String) throws(FieldProblem) {
        guard holds(moment) else {
            throw FieldProblem(
                field: field, code: "time_range",
                reason: "Give a time in the years 1 to 9999; check its unit, which is microseconds since 1970 in UTC.")
        }
    }
}
