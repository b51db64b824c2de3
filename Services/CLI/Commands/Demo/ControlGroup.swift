internal import Crypto
internal import Foundation

/// Who is held, computed apart from the campaign service: the simulated customers must know whether they were reached, and a
/// report is compared with what this says.
enum ControlGroup {
    /// SHA-256 of "salt:customer number", first 8 bytes big-endian, modulo 10,000.
    static func isHeld(_ customerNumber: String, salt: String, basisPoints: Int32) -> Bool {
        let digest = SHA256.hash(data: Data("\(salt):\(customerNumber)".utf8))
        let value = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return value % 10_000 < UInt64(basisPoints)
    }
}
