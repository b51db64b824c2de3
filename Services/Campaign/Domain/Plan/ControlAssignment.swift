/// Who of an audience is held as the control group.
///
/// Stable: the same salt and customer give the same answer for ever, so anybody can recompute it from a file.
package enum ControlAssignment {
    /// What is hashed (UTF-8) with SHA-256: "salt:customer number". Where a customer has no number, the ONE_ID in
    /// decimal stands for it.
    package static func text(salt: String, customerNumber: String, customerID: Int64) -> String {
        "\(salt):\(customerNumber.isEmpty ? String(customerID) : customerNumber)"
    }

    /// Whether the first 8 bytes of the hash, big-endian, modulo 10,000 are below the share.
    ///
    /// - Parameters:
    ///   - hash: the SHA-256 of `text`, 32 bytes.
    ///   - controlBasisPoints: the share that is held; 2000 is 20 %.
    package static func isHeld(hash: some Sequence<UInt8>, controlBasisPoints: Int32) -> Bool {
        let number = hash.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return number % 10_000 < UInt64(max(0, controlBasisPoints))
    }
}
