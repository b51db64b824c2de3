extension ServiceKey {
    /// Reads a key as configuration and key files write it: `id:service:` and 64 hexadecimal digits.
    public init(parsing text: String) throws(RuntimeError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw RuntimeError(
                .configurationInvalid, "A service key is written as id:service:secret, with 64 hexadecimal digits.")
        }
        let digits = Array(parts[2].lowercased().utf8)
        var secret: [UInt8] = []
        for index in stride(from: 0, to: digits.count - 1, by: 2) {
            guard let value = Hexadecimal.value(digits.span.extracting(index..<index + 2)) else { break }
            secret.append(UInt8(value))
        }
        guard digits.count == 2 * Self.secretByteCount, secret.count == Self.secretByteCount else {
            // Without naming the key: where the parts stand in another order, the secret is what stands first.
            throw RuntimeError(
                .configurationInvalid,
                "The third part of a service key, its secret, must be 64 hexadecimal digits: id:service:secret.")
        }
        try self.init(id: String(parts[0]), service: String(parts[1]), secret: secret)
    }
}
