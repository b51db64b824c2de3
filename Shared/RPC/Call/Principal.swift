/// The person for whom a call is made, as the gateway found them in a verified token.
public struct Principal: Sendable, Hashable {
    /// The person's user name: a code, never a name or a phone number.
    public var user: String
    public var roles: [String]
    /// The office whose data the person may see, from the head down, such as `/head/east/pudong/`.
    public var officePath: String

    public init(user: String, roles: [String], officePath: String) {
        self.user = user
        self.roles = roles
        self.officePath = officePath
    }
}
