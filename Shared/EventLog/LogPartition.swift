/// The partition that a customer's entries, tables' rows and cursors live in.
public enum LogPartition {
    public static let count = 256
    public static let all: ClosedRange<Int16> = 0...255

    /// The top 8 bits of the id times 2^64 / golden ratio (Fibonacci hashing: Knuth, The Art of Computer Programming,
    /// volume 3, section 6.4), so that ids given one after another are spread evenly.
    public static func of(customerID: Int64) -> Int16 {
        Int16((UInt64(bitPattern: customerID) &* 0x9E37_79B9_7F4A_7C15) >> 56)
    }
}
