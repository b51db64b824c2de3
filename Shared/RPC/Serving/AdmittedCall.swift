internal import Foundation

/// A call that passed every check and holds a place among the running calls. Run it exactly once.
public struct AdmittedCall: Sendable {
    let frame: [UInt8]
    let body: Range<Int>
    let route: ServedRoute
    public let context: CallContext
    let start: ReplyStart
    let dispatcher: RPCDispatcher

    /// Where the handler wants to run.
    public var placement: RPCRouter.HandlerPlacement { route.placement }

    /// Runs the handler and gives the signed reply. Never executes what has expired since it was admitted.
    public func run() async -> [UInt8] {
        let reply: PackedReply
        do {
            guard ContinuousClock.now < context.deadline else {
                throw RPCError(
                    .deadlineExceeded, "The deadline of the call passed before it was executed.", notExecuted: true)
            }
            let packed = try await route.serve(frame, body, context, start)
            guard packed.byteCount <= RPCLimits.messageBytes - WireLayout.macByteCount else {
                throw RPCError(.outOfRange, "The reply is longer than a message may be: ask for a smaller page.")
            }
            reply = packed
        } catch {
            reply = start.refusal(dispatcher.failures.rpcError(for: error, context))
        }
        dispatcher.admission.leave()
        return start.signed(reply)
    }
}
