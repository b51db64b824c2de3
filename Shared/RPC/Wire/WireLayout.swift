/// Where things stand in a message on the wire; `deploy/docs/wire.md` says it in words for other languages.
enum WireLayout {
    /// `ZHKQ`.
    static let callMagic: UInt32 = 0x5A48_4B51
    /// `ZHKA`.
    static let replyMagic: UInt32 = 0x5A48_4B41
    /// `ZHKB`: several calls.
    static let bundleMagic: UInt32 = 0x5A48_4B42
    /// `ZHKC`: their replies.
    static let bundleReplyMagic: UInt32 = 0x5A48_4B43
    static let version: UInt8 = 1
    /// HMAC-SHA256.
    static let macAlgorithm: UInt8 = 1
    /// Only on a reply to a call whose own MAC could not be checked.
    static let noMAC: UInt8 = 0
    static let macByteCount = 32
    /// Magic, version, algorithm, two zero bytes, envelope length.
    static let headerByteCount = 12
    /// A length is unsigned, big-endian.
    static let lengthByteCount = 4
    static let nonceByteCount = 16

    /// The parts of a message whose header is sound. The MAC has not been looked at.
    struct Parts {
        let algorithm: UInt8
        let envelope: Range<Int>
        let body: Range<Int>

        /// What the MAC covers: everything before it.
        var signed: Range<Int> { 0..<body.upperBound }
    }

    /// Why bytes are not a message of this layout.
    enum Flaw: Error {
        case notAMessage
        case otherVersion(UInt8)
    }

    /// Starts a message; the length of the envelope is filled in by `finishEnvelope(of:)`.
    static func begin(magic: UInt32, algorithm: UInt8, capacity: Int) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(capacity)
        begin(magic, algorithm: algorithm, in: &frame)
        return frame
    }

    static func begin(_ magic: UInt32, algorithm: UInt8, in frame: inout [UInt8]) {
        frame.appendFixed(magic)
        // Version, algorithm, two zero bytes; then the length of the envelope.
        frame.appendFixed(UInt32(version) << 24 | UInt32(algorithm) << 16)
        frame.appendFixed(UInt32(0))
    }

    /// Writes the length of the envelope that was appended since `begin`.
    static func finishEnvelope(of frame: inout [UInt8]) {
        frame.finishPart(from: headerByteCount)
    }

    /// Finds the parts of a message, or says what is wrong with it. Looks only at the header and the total length.
    static func parts(of frame: [UInt8], magic: UInt32) throws(Flaw) -> Parts {
        guard frame.count >= headerByteCount, frame.count <= RPCLimits.messageBytes, begins(frame, with: magic) else {
            throw .notAMessage
        }
        guard frame[4] == version else { throw .otherVersion(frame[4]) }
        let algorithm = frame[5]
        guard algorithm == macAlgorithm || algorithm == noMAC, frame[6] == 0, frame[7] == 0 else { throw .notAMessage }
        let envelopeByteCount = frame.length(at: headerByteCount - lengthByteCount)
        let envelopeEnd = headerByteCount + envelopeByteCount
        let bodyEnd = frame.count - (algorithm == noMAC ? 0 : macByteCount)
        guard envelopeByteCount <= RPCLimits.envelopeBytes, envelopeEnd <= bodyEnd else { throw .notAMessage }
        return Parts(algorithm: algorithm, envelope: headerByteCount..<envelopeEnd, body: envelopeEnd..<bodyEnd)
    }

    static func begins(_ frame: [UInt8], with magic: UInt32) -> Bool {
        frame.count >= 4
            && UInt32(bigEndian: frame.span.bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt32.self)) == magic
    }
}
