import TestSupport

/// Values of single fields, extremes more often than chance would give them.
struct RandomValues {
    var generator: SeededGenerator

    mutating func flag() -> Bool { Bool.random(using: &generator) }

    mutating func count() -> Int { Int.random(in: 0...4, using: &generator) }

    mutating func integer<Number: FixedWidthInteger>() -> Number {
        let extremes: [Number] = [0, 1, .max, .min, .max - 1, 127, ~0]
        if flag() { return extremes.randomElement(using: &generator) ?? 0 }
        // As many different lengths as values: a random number alone is nearly always long.
        return Number(truncatingIfNeeded: generator.next()) >> Int.random(in: 0..<Number.bitWidth, using: &generator)
    }

    /// Never a NaN, which equals nothing, nor a negative zero, which protobuf-c takes for the default and does not
    /// send.
    mutating func double() -> Double {
        let extremes: [Double] = [
            0, -1.5, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .pi,
        ]
        return flag() ? extremes.randomElement(using: &generator) ?? 0 : .random(in: -1e9...1e9, using: &generator)
    }

    mutating func float() -> Float {
        let extremes: [Float] = [
            0, -1.5, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .pi,
        ]
        return flag() ? extremes.randomElement(using: &generator) ?? 0 : .random(in: -1e9...1e9, using: &generator)
    }

    /// Up to 300 characters of one to four bytes, quotes and line breaks among them, but never a NUL.
    mutating func text() -> String {
        let characters: [Unicode.Scalar] = ["a", "Z", "\"", "'", "\\", "\n", "\u{1}", "\u{7F}", "é", "知", "客", "🙂"]
        let longest = flag() ? 8 : 300
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...longest, using: &generator) {
            text.append(characters.randomElement(using: &generator) ?? "a")
        }
        return String(text)
    }

    mutating func bytes() -> [UInt8] {
        let longest = flag() ? 4 : 300
        return (0..<Int.random(in: 0...longest, using: &generator)).map { _ in
            UInt8.random(in: .min ... .max, using: &generator)
        }
    }
}
