/// Where nonces stand in a table: numbers drawn at random, so that who holds a key cannot choose nonces that meet in one
/// place.
struct NoncePlaces {
    static let ofThisProcess: NoncePlaces = {
        var generator = SystemRandomNumberGenerator()
        return NoncePlaces(using: &generator)
    }()

    private let high: UInt64
    private let low: UInt64
    private let factor: UInt64

    init(using generator: inout some RandomNumberGenerator) {
        high = generator.next()
        low = generator.next()
        factor = generator.next() | 1
    }

    /// Any bits of it will do.
    ///
    /// Nonces that differ by equal steps are what clients send. One product would keep the steps and, with some of the
    /// numbers drawn, let hundreds follow one another without a gap; folding the halves of a second product spreads them
    /// as chance would (the construction of wyhash, Wang Yi, https://github.com/wangyi-fudan/wyhash).
    @inline(__always)
    func hash(_ nonce: Nonce) -> Int {
        Int(truncatingIfNeeded: Self.fold(Self.fold(nonce.high ^ high, nonce.low ^ low), factor))
    }

    @inline(__always)
    private static func fold(_ first: UInt64, _ second: UInt64) -> UInt64 {
        let product = first.multipliedFullWidth(by: second)
        return product.high ^ product.low
    }
}
