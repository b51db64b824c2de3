/// Values as JSON text.
package enum JSONText {
    package static func of(_ value: TraitValue) -> String? {
        switch value {
        case .text(let text): quoted(text)
        case .integer(let number): String(number)
        case .decimal(let number): number.isFinite ? "\(number)" : nil
        case .flag(let flag): flag ? "true" : "false"
        case .time(let time): quoted(TimeText.text(time))
        }
    }

    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                quoted += "\\u00" + (scalar.value < 16 ? "0" : "1") + hex(scalar.value % 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func hex(_ digit: UInt32) -> String { String(digit, radix: 16) }
}
