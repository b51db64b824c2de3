internal import CNNG

/// NNG's `nng_aio`: one asynchronous operation at a time, used again and again.
///
/// Never stopped: `nng_aio_stop` may skip the callback that somebody waits for. Freed by NNG's reaper thread, which
/// waits for a running callback to end, so that the last owner may let go inside its own callback.
///
/// Unchecked: NNG locks the aio itself; the pointer is set once.
struct AsyncOperation: @unchecked Sendable {
    let pointer: OpaquePointer

    /// `argument` must stay valid as long as an operation is in flight.
    init(
        _ argument: UnsafeMutableRawPointer,
        callback: @convention(c) (UnsafeMutableRawPointer?) -> Void
    ) throws(NNGError) {
        var pointer: OpaquePointer?
        try NNGError.check(nng_aio_alloc(&pointer, callback, argument), "allocating an operation")
        guard let pointer else { throw NNGError(.outOfMemory) }
        self.pointer = pointer
    }

    /// Call once, when no operation is in flight and none will be started.
    func free() {
        nng_aio_reap(pointer)
    }

    var result: Int32 { nng_aio_result(pointer) }

    func cancel() {
        nng_aio_cancel(pointer)
    }

    func send(_ message: OpaquePointer, on context: nng_ctx, timeoutMilliseconds: Int32) {
        nng_aio_set_msg(pointer, message)
        nng_aio_set_timeout(pointer, timeoutMilliseconds)
        nng_ctx_send(context, pointer)
    }

    func receive(on context: nng_ctx, timeoutMilliseconds: Int32) {
        nng_aio_set_timeout(pointer, timeoutMilliseconds)
        nng_ctx_recv(context, pointer)
    }

    /// After a receive that succeeded: the message received. After a send that failed: the message, still ours.
    func takeMessage() -> OpaquePointer? {
        defer { nng_aio_set_msg(pointer, nil) }
        return nng_aio_get_msg(pointer)
    }
}
