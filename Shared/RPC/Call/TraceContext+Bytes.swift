extension TraceContext {
    static let byteCount = 55

    /// Reads the 55 ASCII bytes of version 00; of a later version the first 55 bytes mean the same.
    init?(traceparentBytes bytes: Span<UInt8>) {
        let dash = UInt8(ascii: "-")
        guard bytes.count >= Self.byteCount, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let version = Hexadecimal.value(bytes.extracting(0..<2)), version != 0xFF,
            bytes.count == Self.byteCount || (version > 0 && bytes[55] == dash),
            let high = Hexadecimal.value(bytes.extracting(3..<19)),
            let low = Hexadecimal.value(bytes.extracting(19..<35)),
            let span = Hexadecimal.value(bytes.extracting(36..<52)),
            let flags = Hexadecimal.value(bytes.extracting(53..<55)),
            high | low != 0, span != 0
        else { return nil }
        self.init(traceIDHigh: high, traceIDLow: low, spanID: span, isSampled: flags & 1 == 1)
    }

    /// Appends the 55 ASCII bytes.
    func append(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "0"))
        bytes.append(UInt8(ascii: "0"))
        bytes.append(UInt8(ascii: "-"))
        Hexadecimal.append(traceIDHigh, to: &bytes)
        Hexadecimal.append(traceIDLow, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Hexadecimal.append(spanID, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(UInt8(ascii: "0"))
        bytes.append(isSampled ? UInt8(ascii: "1") : UInt8(ascii: "0"))
    }
}
