/// A customer of a segment or of a snapshot.
public struct Member: Sendable, Hashable {
    /// The order in which members are listed.
    public struct Key: Sendable, Hashable, Comparable {
        public var partition: Int16
        public var customerID: Int64

        public init(partition: Int16, customerID: Int64) {
            self.partition = partition
            self.customerID = customerID
        }

        public static func < (left: Key, right: Key) -> Bool {
            (left.partition, left.customerID) < (right.partition, right.customerID)
        }
    }

    public var key: Key
    /// The bank's own number; empty where the customer has none.
    public var customerNumber: String
    public var officePath: String
    public var manager: String

    public init(key: Key, customerNumber: String, officePath: String, manager: String) {
        self.key = key
        self.customerNumber = customerNumber
        self.officePath = officePath
        self.manager = manager
    }
}
