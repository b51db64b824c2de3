public import Foundation
public import Postgres

/// An entry to be appended to a log. Its partition follows from the customer.
public struct NewLogEntry: Sendable, Hashable {
    public var customerID: Int64
    /// What it is about; each log has its own list.
    public var kind: Int16
    /// The event's type, or "".
    public var subject: String
    /// Unique among the customer's entries, where there is one: the id of an event.
    public var dedupeKey: String?
    /// When it happened, by the sender's clock.
    public var occurredAt: Date
    /// When it was taken in, by the business clock.
    public var recordedAt: Date
    public var propertiesJSON: String?
    /// A message of the log's contract.
    public var body: [UInt8]?

    public init(
        customerID: Int64, kind: Int16, subject: String = "", dedupeKey: String? = nil, occurredAt: Date,
        recordedAt: Date, propertiesJSON: String? = nil, body: [UInt8]? = nil
    ) {
        self.customerID = customerID
        self.kind = kind
        self.subject = subject
        self.dedupeKey = dedupeKey
        self.occurredAt = occurredAt
        self.recordedAt = recordedAt
        self.propertiesJSON = propertiesJSON
        self.body = body
    }

    public var partition: Int16 { LogPartition.of(customerID: customerID) }
}

/// An entry as it stands in a log.
public struct LogEntry: Sendable, Hashable {
    public var partition: Int16
    /// 1, 2, 3, … within the partition, without gaps.
    public var offset: Int64
    public var customerID: Int64
    public var kind: Int16
    public var subject: String
    public var dedupeKey: String?
    public var occurredAt: Date
    public var recordedAt: Date
    public var propertiesJSON: String?
    public var body: [UInt8]?

    public init(
        partition: Int16, offset: Int64, customerID: Int64, kind: Int16, subject: String = "", dedupeKey: String? = nil,
        occurredAt: Date, recordedAt: Date, propertiesJSON: String? = nil, body: [UInt8]? = nil
    ) {
        self.partition = partition
        self.offset = offset
        self.customerID = customerID
        self.kind = kind
        self.subject = subject
        self.dedupeKey = dedupeKey
        self.occurredAt = occurredAt
        self.recordedAt = recordedAt
        self.propertiesJSON = propertiesJSON
        self.body = body
    }
}

/// What a consumer applies in one transaction: entries of one log, of one or several partitions.
public struct LogBatch: Sendable {
    public var log: String
    /// By partition, ascending, and within a partition by offset: all of one customer are in order.
    public var entries: [LogEntry]
    /// What the consumer's own questions were answered, in the transaction and before the entries were read.
    public var answers: [[PostgresRow]]

    public init(log: String, entries: [LogEntry], answers: [[PostgresRow]] = []) {
        self.log = log
        self.entries = entries
        self.answers = answers
    }

    /// The entries of each partition.
    public var slices: [(partition: Int16, entries: ArraySlice<LogEntry>)] {
        var slices: [(partition: Int16, entries: ArraySlice<LogEntry>)] = []
        var start = entries.startIndex
        while start < entries.endIndex {
            let partition = entries[start].partition
            let end = entries[start...].firstIndex { $0.partition != partition } ?? entries.endIndex
            slices.append((partition, entries[start..<end]))
            start = end
        }
        return slices
    }
}
