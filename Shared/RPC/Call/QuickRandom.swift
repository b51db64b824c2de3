internal import Synchronization

/// Numbers that are unique and evenly spread, for span ids, request ids and jitter, without a system call each.
///
/// SplitMix64 over a counter that starts at random. It can be predicted, so it is not for secrets; a nonce needs only
/// to be unique, and takes its random part from the system once per process.
/// Source: G. Steele, D. Lea, C. Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.
struct QuickRandom: RandomNumberGenerator {
    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    /// Numbers that one generator gives before they may be those of another.
    private static let share: UInt64 = 64
    private static let counter = Atomic<UInt64>(UInt64.random(in: .min ... .max))

    private var position: UInt64

    /// Takes a share of its own: the threads that make calls contend for the counter, so each call goes to it once.
    init() {
        position = Self.counter.wrappingAdd(Self.step &* Self.share, ordering: .relaxed).oldValue
    }

    mutating func next() -> UInt64 {
        position &+= Self.step
        var mixed = position
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
