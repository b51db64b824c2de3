extension Int128 {
    /// The sum, or the end of the range that it lies beyond: only cells that were tampered with lead there.
    func addingSaturated(_ other: Int128) -> Int128 {
        let (sum, overflowed) = addingReportingOverflow(other)
        guard overflowed else { return sum }
        return other < 0 ? .min : .max
    }

    /// The difference, or the end of the range that it lies beyond.
    func subtractingSaturated(_ other: Int128) -> Int128 {
        let (difference, overflowed) = subtractingReportingOverflow(other)
        guard overflowed else { return difference }
        return other < 0 ? .max : .min
    }
}
