import Contracts
import ProtobufC

/// A value as protobuf's text format writes it.
protocol TextFormatted {
    var textFormat: String { get }
}

extension TextFormatted where Self: BinaryInteger {
    var textFormat: String { String(self) }
}

extension TextFormatted where Self: BinaryFloatingPoint & CustomStringConvertible {
    /// Swift's description is the shortest text that reads back equal, and spells infinity as protobuf does.
    var textFormat: String { description }
}

extension TextFormatted where Self: ProtobufEnumeration {
    /// The number: text format takes it for names that it does not know.
    var textFormat: String { String(rawValue) }
}

extension TestingV1.Color: TextFormatted {}
extension TestingV1.Inner.State: TextFormatted {}
extension Int32: TextFormatted {}
extension Int64: TextFormatted {}
extension UInt32: TextFormatted {}
extension UInt64: TextFormatted {}
extension Double: TextFormatted {}
extension Float: TextFormatted {}

extension Bool: TextFormatted {
    var textFormat: String { self ? "true" : "false" }
}

extension String: TextFormatted {
    var textFormat: String { Array(utf8).textFormat }
}

extension [UInt8]: TextFormatted {
    var textFormat: String {
        "\"" + map { byte in "\\" + String(byte >> 6, radix: 8) + String(byte >> 3 & 7) + String(byte & 7) }.joined()
            + "\""
    }
}

extension Optional: TextFormatted where Wrapped: TextFormatted {
    var textFormat: String { self?.textFormat ?? "" }
}
