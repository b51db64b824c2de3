internal import Foundation
internal import Logging

/// One log entry, ready to be written.
struct LogLine {
    let date: Date
    let level: Logger.Level
    let label: String
    let message: String
    let metadata: Logger.Metadata

    /// One JSON object: `time`, `level`, `label`, `message`, then the metadata in the order of their names.
    var json: String {
        var fields = [
            "\"time\":\"\(Self.timestamp(date))\"", "\"level\":\"\(level.rawValue)\"",
            "\"label\":\(Self.quoted(label))", "\"message\":\(Self.quoted(PersonalData.masked(message)))",
        ]
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            fields.append("\(Self.quoted(key)):\(Self.quoted(PersonalData.masked("\(value)")))")
        }
        return "{" + fields.joined(separator: ",") + "}\n"
    }

    /// For a terminal: `03:19:07.123 info    profile: message key=value`.
    var text: String {
        let clock = Self.timestamp(date).dropFirst(11).prefix(12)
        let padded = level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
        var line = "\(clock) \(padded)\(label): \(PersonalData.masked(message))"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(PersonalData.masked("\(value)"))"
        }
        return Self.visible(line) + "\n"
    }

    /// With control characters spelled out: one entry is one line, and moves no cursor, whatever stands in it.
    private static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.properties.generalCategory == .control:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// RFC 3339 with microseconds, UTC.
    private static func timestamp(_ date: Date) -> String {
        let micros = Int64((date.timeIntervalSince1970 * 1_000_000).rounded(.down))
        let (seconds, fraction) = micros.quotientAndRemainder(dividingBy: 1_000_000)
        let whole = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
        let digits = String(fraction)
        return whole.dropLast() + "." + String(repeating: "0", count: 6 - digits.count) + digits + "Z"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
