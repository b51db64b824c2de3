internal import RPC

/// The place behind which the next page of a list starts. A cursor is good for whoever got it, and for what it was made
/// for.
struct ListCursor: Sendable {
    private let pages: PageCursor
    private let method: String
    private let scope: String

    /// - Parameter subject: what the list was asked for, beside its method.
    init(_ pages: PageCursor, _ context: CallContext, subject: String = "") {
        self.pages = pages
        method = context.method
        let person = context.principal.map { "person\n\($0.user)\n\($0.officePath)" } ?? "service\n\(context.caller)"
        scope = "\(person)\n\(subject)"
    }

    func text(_ cursor: String) throws(RPCError) -> String? {
        try pages.position(of: cursor, method: method, scope: scope).map { String(decoding: $0, as: UTF8.self) }
    }

    func numbers(_ cursor: String) throws(RPCError) -> [Int64]? {
        try text(cursor)?.split(separator: ",").compactMap { Int64($0) }
    }

    func sign(_ text: String) -> String {
        pages.sign(Array(text.utf8), method: method, scope: scope)
    }

    func sign(_ numbers: [Int64]) -> String {
        sign(numbers.map(String.init).joined(separator: ","))
    }
}
