/// A customer named by ONE_ID or by one of its identities.
public enum CustomerReference: Sendable, Hashable {
    case customerID(Int64)
    case identity(Identity)
}
