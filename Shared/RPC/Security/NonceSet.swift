/// Nonces in a table with open addressing: one look at memory for nearly every call, and no hash that would cost more
/// than the look.
struct NonceSet {
    /// A power of two.
    private static let leastSlotCount = 16
    /// Marks a free slot; the nonce of this value is kept beside the table.
    private static let free = Nonce(high: 0, low: 0)

    private let places: NoncePlaces
    private(set) var count = 0
    private(set) var slots: [Nonce] = []
    private var holdsFree = false

    init(places: NoncePlaces = .ofThisProcess) {
        self.places = places
    }

    var isEmpty: Bool { count == 0 }

    /// False where the nonce is there already.
    mutating func insert(_ nonce: Nonce) -> Bool {
        guard nonce != Self.free else {
            guard !holdsFree else { return false }
            holdsFree = true
            count += 1
            return true
        }
        // At most three in four are taken.
        if (count + 1) * 4 > slots.count * 3 { grow() }
        let index = place(of: nonce)
        guard slots[index] == Self.free else { return false }
        slots[index] = nonce
        count += 1
        return true
    }

    /// Forgets all, and gives their memory back.
    mutating func removeAll() {
        self = NonceSet(places: places)
    }

    private mutating func grow() {
        let old = slots
        slots = [Nonce](repeating: Self.free, count: max(Self.leastSlotCount, old.count * 2))
        for nonce in old where nonce != Self.free { slots[place(of: nonce)] = nonce }
    }

    /// Where the nonce stands, or would.
    private func place(of nonce: Nonce) -> Int {
        let mask = slots.count - 1
        var index = places.hash(nonce) & mask
        while slots[index] != nonce, slots[index] != Self.free { index = (index + 1) & mask }
        return index
    }
}
