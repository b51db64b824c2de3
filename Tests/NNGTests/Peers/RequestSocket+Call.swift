import NNG

extension RequestSocket {
    /// One call over a context of the pool.
    func call(_ message: consuming Message, timeout: Duration) async throws(NNGError) -> Message {
        let context = try takeContext()
        defer { giveBack(context) }
        return try await context.call(message, timeout: timeout)
    }
}
