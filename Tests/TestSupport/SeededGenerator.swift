internal import Foundation

/// A random generator (SplitMix64) that can be repeated: it prints its seed, and takes it from `ZHIKE_TEST_SEED`.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    public let seed: UInt64
    private var state: UInt64

    /// - Parameter name: stands beside the printed seed.
    public init(_ name: String) {
        let given = ProcessInfo.processInfo.environment["ZHIKE_TEST_SEED"].flatMap { UInt64($0) }
        self.init(seed: given ?? UInt64.random(in: 0..<1_000_000_000))
        print("seed of \(name): \(seed) (repeat with ZHIKE_TEST_SEED=\(seed))")
    }

    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
