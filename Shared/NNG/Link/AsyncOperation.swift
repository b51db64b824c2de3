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

    /// One without a callback.
    init() throws(NNGError) {
        var pointer: OpaquePointer?
        try NNGError.check(nng_aio_alloc(&pointer, nil, nil), "allocating an operation")
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

    /// Sends if a connection is ready for it now; false, with the message still ours, where none is. Only on an
    /// operation without a callback, which is over when this returns: NNG ends what may not wait (a timeout of nothing)
    /// before it returns, and without a callback it leaves that to no other thread.
    func sendAtOnce(_ message: OpaquePointer, on context: nng_ctx) -> Bool {
        nng_aio_set_msg(pointer, message)
        nng_aio_set_timeout(pointer, NNG_DURATION_ZERO)
        nng_ctx_send(context, pointer)
        if nng_aio_result(pointer) == 0 { return true }
        nng_aio_set_msg(pointer, nil)
        return false
    }

    /// Sends on an operation without a callback. True where the message has left already; where not, `wait()` for the
    /// result.
    func sendQuietly(_ message: OpaquePointer, on context: nng_ctx, timeoutMilliseconds: Int32) -> Bool {
        send(message, on: context, timeoutMilliseconds: timeoutMilliseconds)
        // NNG takes the message out of the operation as it leaves.
        guard nng_aio_get_msg(pointer) == nil else { return false }
        // That is the last but one step of the operation.
        wait()
        return true
    }

    /// Blocks until the operation is over.
    func wait() {
        nng_aio_wait(pointer)
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
