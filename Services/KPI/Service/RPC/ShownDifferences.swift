internal import Contracts

/// What a recomputation found, of which one reply holds only so much.
struct ShownDifferences: Sendable {
    /// What fits one reply.
    static let limit = 1_000

    /// Entries that no count contains: one for each log at most.
    var setAside: [KPIV1.Difference] = []
    /// Of campaigns.
    var cells: [KPIV1.Difference] = []
    var activity: [KPIV1.Difference] = []

    var count: Int { setAside.count + cells.count + activity.count }

    /// The first of each kind. Cells and activity have half of the room each; what one of them leaves free is the other's.
    var shown: [KPIV1.Difference] {
        let room = Self.limit - setAside.count
        let cellRoom = max(room / 2, room - activity.count)
        let first = cells.prefix(cellRoom)
        return setAside + first + activity.prefix(room - first.count)
    }
}
