public import Foundation

/// A list of members frozen at one moment, with everything that is needed to make the same list again.
public struct Snapshot: Sendable, Hashable {
    public var id: Int64
    public var segmentID: Int64
    public var segmentVersion: Int64
    public var ruleJSON: String
    public var dictionaryVersion: Int64
    /// For each partition of the profile log, from 0 on, the last entry that the members were read after.
    public var profileOffsets: [Int64]
    /// Business time; windows of event counts end here.
    public var asOf: Date
    public var count: Int64
    /// Lower-case hex SHA-256 over the sorted customer ids, each as 8 bytes big-endian.
    public var checksum: String
    public var officePath: String

    public init(
        id: Int64, segmentID: Int64, segmentVersion: Int64, ruleJSON: String, dictionaryVersion: Int64,
        profileOffsets: [Int64], asOf: Date, count: Int64, checksum: String, officePath: String
    ) {
        self.id = id
        self.segmentID = segmentID
        self.segmentVersion = segmentVersion
        self.ruleJSON = ruleJSON
        self.dictionaryVersion = dictionaryVersion
        self.profileOffsets = profileOffsets
        self.asOf = asOf
        self.count = count
        self.checksum = checksum
        self.officePath = officePath
    }
}
