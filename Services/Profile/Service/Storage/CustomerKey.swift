internal import EventLog

/// Where the rows of a customer stand: its home and the home's partition.
struct CustomerKey: Sendable, Hashable {
    let partition: Int16
    let customerID: Int64

    init(customerID: Int64) {
        self.customerID = customerID
        partition = LogPartition.of(customerID: customerID)
    }
}
