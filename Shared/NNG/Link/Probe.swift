internal import CNNG

/// The message that asks whether a link is alive, answered by every `ReplyContext` itself before its caller sees it.
///
/// A probe is a REQ/REP body of exactly 16 bytes: the eight bytes `ZHKPROBE`, then eight bytes that the asker chooses.
/// The answer is the same 16 bytes. A protocol above must therefore have no request of 16 bytes that begins with
/// `ZHKPROBE`; everything else passes through untouched. Probes carry no rights and reveal nothing, so they are not
/// signed; they pass no admission, and so say something about the link and the receiving side alone.
enum Probe {
    static let byteCount = 16
    private static let magic: StaticString = "ZHKPROBE"

    static func request(number: UInt64) -> Message {
        var message = Message(capacity: byteCount)
        message.append(Array("\(magic)".utf8))
        message.append((0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) })
        return message
    }

    static func isProbe(_ message: OpaquePointer) -> Bool {
        // The length alone tells nearly every request apart.
        guard nng_msg_len(message) == byteCount, let body = nng_msg_body(message) else { return false }
        return UnsafeRawBufferPointer(start: body, count: magic.utf8CodeUnitCount)
            .elementsEqual(UnsafeBufferPointer(start: magic.utf8Start, count: magic.utf8CodeUnitCount))
    }
}
