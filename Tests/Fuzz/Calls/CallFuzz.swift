import FuzzInput
import NNG
import ProtobufC

@testable import RPC
@testable import RPCNNGTransport

/// What reads the bytes of strangers, and of those who know a key, by hand.
private let checks: [@Sendable ([UInt8]) -> Void] = [
    Serving.check(raw:), Serving.check(signed:), checkReply, checkBundle, checkBundleItems, checkTrace, checkCursor,
]

/// One run: the first byte chooses the check, the others are its bytes.
@_cdecl("zhike_fuzz_run")
public func fuzzCalls() {
    let input = (0..<zhike_fuzz_byte_count()).map { zhike_fuzz_byte($0) }
    guard let first = input.first else { return }
    checks[Int(first) % checks.count](Array(input.dropFirst()))
}

/// A reply with a right MAC, as a client reads it.
private func checkReply(_ bytes: [UInt8]) {
    struct Nowhere: RPCTransport {
        nonisolated(nonsending) func exchange(
            _ frame: consuming [UInt8], deadline: ContinuousClock.Instant
        ) async throws(RPCError) -> [UInt8] {
            throw RPCError(.unavailable, "no call is made here")
        }
    }
    let channel = RPCChannel(transport: Nowhere(), key: Serving.key)
    let nonce = Nonce(high: 0, low: 0)
    _ = try? channel.open(bytes, nonce)
    var frame = WireLayout.begin(magic: WireLayout.replyMagic, algorithm: WireLayout.macAlgorithm, capacity: 4_096)
    let envelopeByteCount = min(Int(bytes.first ?? 0), max(0, bytes.count - 1))
    frame += bytes.dropFirst().prefix(envelopeByteCount)
    WireLayout.finishEnvelope(of: &frame)
    frame += bytes.dropFirst(1 + envelopeByteCount)
    SigningKey(Serving.key).sign(&frame)
    guard let reply = try? channel.open(frame, nonce) else { return }
    guard reply.byteCount == max(0, bytes.count - 1 - envelopeByteCount) else { fatalError("another body") }
}

/// What can be read as a bundle is written alike; its items are served as if they had come alone.
private func checkBundle(_ bytes: [UInt8]) {
    let message = Message(copying: bytes)
    guard let items = Bundle.items(of: message) else { return }
    let copies = (0..<items.count).map { items.copy($0, of: message) }
    let written = Bundle.message(of: copies).copyBytes()
    guard written == bytes else { fatalError("a bundle was changed by reading and writing") }
    for copy in copies { Serving.check(raw: copy) }
}

/// The same with a right beginning.
private func checkBundleItems(_ bytes: [UInt8]) {
    checkBundle(Array("ZHKB".utf8) + [1, 0, 0, 0] + bytes)
}

private func checkTrace(_ bytes: [UInt8]) {
    guard let trace = TraceContext(traceparentBytes: bytes.span) else { return }
    guard TraceContext(traceparent: trace.traceparent) == trace else { fatalError("a trace was changed by writing") }
}

private func checkCursor(_ bytes: [UInt8]) {
    let cursors = PageCursor(key: Serving.key)
    guard (try? cursors.verify(String(decoding: bytes, as: UTF8.self), method: "m", scope: "s")) == nil else {
        fatalError("a made up page cursor was taken")
    }
    let cursor = cursors.sign(bytes, method: "m", scope: "s")
    // A cursor has at most 4,096 bytes.
    guard bytes.count < 2_900 else { return }
    guard (try? cursors.verify(cursor, method: "m", scope: "s")) == bytes else {
        fatalError("a page cursor was changed by writing and reading")
    }
}
