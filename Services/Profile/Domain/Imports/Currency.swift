internal import Foundation

/// How many decimals the minor unit of a currency has. Source: ISO 4217, list one, column "minor unit".
enum Currency {
    private static let decimals: [String: Int] = [
        "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
        "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3,
        "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4,
    ]

    /// The largest amount that a campaign counts, in minor units.
    static let largestMinorUnits = 1e15

    /// An amount in minor units, rounded to the nearest; nil beyond `largestMinorUnits`.
    static func minorUnits(_ amount: Double, of code: String) -> Int64? {
        let units = (amount * pow(10, Double(decimals[code] ?? 2))).rounded()
        return units.magnitude <= largestMinorUnits ? Int64(units) : nil
    }
}
