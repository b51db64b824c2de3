internal import ProtobufC

/// The bytes of a call, where its request stands in them, and what its reply begins with.
struct ReceivedCall: Sendable {
    let frame: [UInt8]
    let body: Range<Int>
    let start: ReplyStart

    /// Unpacks the request, or says what is wrong with it.
    func request<Request: ProtobufMessage>() throws(RPCError) -> Request {
        do throws(ProtobufError) {
            return try Request(unpacking: frame.span.bytes.extracting(body), memoryLimit: RPCLimits.unpackedBytes)
        } catch {
            throw RPCError(
                .invalidArgument, "The request cannot be read: \(error.message).", field: error.field,
                notExecuted: true)
        }
    }
}
