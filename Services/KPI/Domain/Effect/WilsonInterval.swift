private import Foundation

/// Bounds of a proportion by Wilson's score method, without continuity correction.
///
/// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
/// Statistical Association 22 (1927) 209-212.
public struct WilsonInterval: Sendable, Hashable {
    public let low: Double
    public let high: Double

    /// The 0.975 quantile of the standard normal distribution.
    static let z = 1.959_963_984_540_054

    /// - Parameters:
    ///   - successes: 0 to `trials`.
    ///   - trials: At least 1.
    public init(successes: Int64, trials: Int64) {
        let n = Double(trials)
        let p = Double(successes) / n
        let zSquared = Self.z * Self.z
        let centre = 2 * n * p + zSquared
        let spread = Self.z * (zSquared + 4 * n * p * (1 - p)).squareRoot()
        let scale = 2 * (n + zSquared)
        // At the ends the formula gives exactly 0 and 1; rounding must not leave the range of a proportion.
        low = successes == 0 ? 0 : (centre - spread) / scale
        high = successes == trials ? 1 : (centre + spread) / scale
    }
}
