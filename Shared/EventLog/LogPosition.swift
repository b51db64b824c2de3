/// How far a log was written or applied: one offset per partition. A partition that is not named stands at 0.
public struct LogPosition: Sendable, Codable, Hashable {
    public var offsets: [Int16: Int64]

    public init(offsets: [Int16: Int64] = [:]) {
        self.offsets = offsets
    }

    public subscript(partition: Int16) -> Int64 {
        get { offsets[partition] ?? 0 }
        set { offsets[partition] = newValue }
    }

    /// Whether everything up to `other` is included.
    public func includes(_ other: LogPosition) -> Bool {
        other.offsets.allSatisfy { self[$0.key] >= $0.value }
    }

    /// How many entries lie between this and `head`.
    public func distance(to head: LogPosition) -> Int64 {
        head.offsets.reduce(0) { $0 + max(0, $1.value - self[$1.key]) }
    }
}
