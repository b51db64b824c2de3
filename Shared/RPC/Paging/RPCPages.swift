public import ProtobufC

/// The pages of a paged method, each asked for only when it is wanted.
///
/// `options.timeout` holds for each page; `options.deadline`, where given, for all of them.
public struct RPCPages<Request: ProtobufMessage, Reply: ProtobufMessage>: AsyncSequence, Sendable {
    public typealias Element = Reply

    private let caller: any RPCCaller
    private let method: RPCMethod<Request, Reply>
    private let request: Request
    private let options: CallOptions
    private let setCursor: @Sendable (inout Request, String) -> Void
    private let nextCursor: @Sendable (Reply) -> String

    /// - Parameters:
    ///   - setCursor: writes `page_cursor` of a request.
    ///   - nextCursor: reads `next_page_cursor` of a reply; empty ends the sequence.
    public init(
        _ caller: any RPCCaller, _ method: RPCMethod<Request, Reply>, _ request: Request, _ options: CallOptions,
        setCursor: @escaping @Sendable (inout Request, String) -> Void,
        nextCursor: @escaping @Sendable (Reply) -> String
    ) {
        self.caller = caller
        self.method = method
        self.request = request
        self.options = options
        self.setCursor = setCursor
        self.nextCursor = nextCursor
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(pages: self)
    }

    public struct Iterator: AsyncIteratorProtocol {
        private let pages: RPCPages
        /// The cursor of the next page; empty before the first one, where the request's own stands; nil after the last.
        private var cursor: String?

        fileprivate init(pages: RPCPages) {
            self.pages = pages
            cursor = ""
        }

        public mutating func next() async throws(RPCError) -> Reply? {
            guard let current = cursor else { return nil }
            var request = pages.request
            if !current.isEmpty { pages.setCursor(&request, current) }
            cursor = nil
            let reply = try await pages.caller.call(pages.method, request, pages.options)
            let following = pages.nextCursor(reply)
            guard following != current || following.isEmpty else {
                throw RPCError(.internalError, "\(pages.method.name) gave the same page cursor twice.")
            }
            if !following.isEmpty { cursor = following }
            return reply
        }
    }
}
