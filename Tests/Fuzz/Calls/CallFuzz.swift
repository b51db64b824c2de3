import FuzzInput
import ProtobufC

@testable import RPC

/// What reads the bytes of strangers, and of those who know a key, by hand.
private let checks: [@Sendable ([UInt8]) -> Void] = [
    Serving.check(raw:), Serving.check(signed:), checkReply, checkItems, Serving.check(bundle:), checkBundleReply,
    checkTrace, checkCursor,
]

/// One run: the first byte chooses the check, the others are its bytes.
@_cdecl("zhike_fuzz_run")
public func fuzzCalls() {
    let input = (0..<zhike_fuzz_byte_count()).map { zhike_fuzz_byte($0) }
    guard let first = input.first else { return }
    checks[Int(first) % checks.count](Array(input.dropFirst()))
}

private struct Nowhere: RPCTransport {
    nonisolated(nonsending) func exchange(
        _ frame: consuming [UInt8], deadline: ContinuousClock.Instant
    ) async throws(RPCError) -> [UInt8] {
        throw RPCError(.unavailable, "no call is made here")
    }
}

/// A reply with a right MAC, as a client reads it.
private func checkReply(_ bytes: [UInt8]) {
    let key = SigningKey(Serving.key)
    let nonce = Nonce(high: 0, low: 0)
    _ = try? key.open(bytes, answering: nonce)
    var frame = WireLayout.begin(magic: WireLayout.replyMagic, algorithm: WireLayout.macAlgorithm, capacity: 4_096)
    let envelopeByteCount = min(Int(bytes.first ?? 0), max(0, bytes.count - 1))
    frame += bytes.dropFirst().prefix(envelopeByteCount)
    WireLayout.finishEnvelope(of: &frame)
    frame += bytes.dropFirst(1 + envelopeByteCount)
    key.sign(&frame)
    guard let reply = try? key.open(frame, answering: nonce) else { return }
    guard reply.byteCount == max(0, bytes.count - 1 - envelopeByteCount) else { fatalError("another body") }
}

/// What can be read as the items of a bundle is written alike.
private func checkItems(_ bytes: [UInt8]) {
    guard let items = CallBundle.items(of: bytes, bytes.indices) else { return }
    var written: [UInt8] = []
    for item in items {
        let start = CallBundle.beginItem(in: &written)
        written += bytes[item.envelope]
        written.finishPart(from: start)
        written += bytes[item.body]
        CallBundle.finishItem(from: start, in: &written)
        CallBundle.setRemaining(
            item.remainingMilliseconds, ofItemAt: start - CallBundle.itemHeaderByteCount, in: &written)
    }
    guard written == bytes else { fatalError("a bundle was changed by reading and writing") }
}

/// The replies to a bundle with a right MAC, as a client reads them.
private func checkBundleReply(_ bytes: [UInt8]) {
    let key = SigningKey(Serving.key)
    let sealer = BundleSealer(Serving.key)
    let part = BundlePart(bytes: [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0], deadline: .now)
    let (bundle, expected) = sealer.seal([part, part])
    guard let parts = try? WireLayout.parts(of: bundle, magic: WireLayout.bundleMagic),
        let envelope = try? CallEnvelope(bundle, parts.envelope),
        let nonce = Nonce(bundle.span.extracting(envelope.nonce))
    else { fatalError("a bundle cannot be read") }
    var frame = WireLayout.begin(
        magic: WireLayout.bundleReplyMagic, algorithm: WireLayout.macAlgorithm, capacity: 4_096)
    ReplyEnvelope.append(
        nil, answering: ReplyStart.Message(nonce: nonce, key: key), isFromMemory: false, to: &frame)
    WireLayout.finishEnvelope(of: &frame)
    let start = frame.count
    frame += bytes
    key.sign(&frame)
    let channel = RPCChannel(transport: Nowhere(), key: Serving.key)
    guard let replies = try? sealer.open(frame, expected) else {
        guard CallBundle.items(of: frame, start..<frame.count - WireLayout.macByteCount)?.count != 2 else {
            fatalError("two replies were not taken")
        }
        return
    }
    for index in 0..<2 { _ = try? channel.open(replies[index]) }
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
