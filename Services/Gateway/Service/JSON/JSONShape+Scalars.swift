extension JSONShape where Value == String {
    /// Text of a bounded number of characters (Unicode scalars, as JSON Schema counts).
    static func text(_ lengths: ClosedRange<Int> = 0...Int.max, _ form: TextForm? = nil) -> JSONShape<String> {
        JSONShape(
            schema: .text(lengths: lengths, pattern: form?.pattern, format: nil),
            read: { reader throws(JSONProblem) in
                let text = try reader.readText()
                try check(text, lengths)
                if let form, !form.fits(text) { throw JSONProblem(.outOfRange, "Send \(form.description).") }
                return text
            },
            write: { text, writer in writer.text(text) })
    }

    /// One of some fixed texts.
    static func oneOf(_ texts: [String]) -> JSONShape<String> {
        JSONShape(
            schema: .oneOfTexts(texts),
            read: { reader throws(JSONProblem) in
                let text = try reader.readText()
                guard texts.contains(text) else {
                    throw JSONProblem(.outOfRange, "Send one of \(texts.joined(separator: ", ")).")
                }
                return text
            },
            write: { text, writer in writer.text(text) })
    }

    /// An object that passes through as text, such as the properties of an event. Empty where it is absent.
    static func freeObject(byteLimit: Int) -> JSONShape<String> {
        JSONShape(
            schema: .freeObject,
            read: { reader throws(JSONProblem) in try reader.readRawObject(byteLimit: byteLimit) },
            write: { json, writer in writer.raw(json.isEmpty ? "{}" : json) })
    }

    private static func check(_ text: String, _ lengths: ClosedRange<Int>) throws(JSONProblem) {
        // Bytes bound characters from both sides, so that most texts need no counting.
        let byteCount = text.utf8.count
        if byteCount <= lengths.upperBound, byteCount >= lengths.lowerBound * 4 { return }
        let count = text.unicodeScalars.count
        guard count <= lengths.upperBound else {
            throw JSONProblem(.outOfRange, "The text is longer than \(lengths.upperBound) characters: shorten it.")
        }
        guard count >= lengths.lowerBound else {
            throw JSONProblem(.outOfRange, "The text is shorter than \(lengths.lowerBound) characters: fill it in.")
        }
    }
}

extension JSONShape where Value == Bool {
    static var flag: JSONShape<Bool> {
        JSONShape(
            schema: .flag, read: { reader throws(JSONProblem) in try reader.readFlag() },
            write: { flag, writer in writer.flag(flag) })
    }
}

extension JSONShape where Value == Int64 {
    static func integer(_ range: ClosedRange<Int64> = 0...Int64.max) -> JSONShape<Int64> {
        JSONShape(
            schema: .integer(range),
            read: { reader throws(JSONProblem) in
                let value = try reader.readInteger()
                guard range.contains(value) else {
                    throw JSONProblem(
                        .outOfRange, "Send a number from \(range.lowerBound) to \(range.upperBound).")
                }
                return value
            },
            write: { value, writer in writer.integer(value) })
    }

    /// A number that names something of ours, such as ONE_ID.
    static var identifier: JSONShape<Int64> { integer(1...Int64.max) }

    /// A moment as RFC 3339; microseconds UTC within.
    static var time: JSONShape<Int64> {
        JSONShape(
            schema: .text(lengths: 0...Int.max, pattern: nil, format: "date-time"),
            read: { reader throws(JSONProblem) in
                guard let microseconds = Timestamp.microseconds(try reader.readText()) else {
                    throw JSONProblem(
                        .outOfRange, "Send a moment as RFC 3339 with its offset, such as 2026-03-02T09:30:00+08:00.")
                }
                return microseconds
            },
            write: { microseconds, writer in writer.text(Timestamp.text(microseconds)) })
    }

    /// A moment for a field whose 0 means that there is none: the one moment that is 0 is refused, and never taken for
    /// none.
    static var momentIfAny: JSONShape<Int64> {
        let time = time
        return JSONShape(
            schema: time.schema,
            read: { reader throws(JSONProblem) in
                let microseconds = try time.read(&reader)
                guard microseconds != 0 else {
                    throw JSONProblem(
                        .outOfRange,
                        "Send a moment other than 1970-01-01T00:00:00Z, or leave the field out where there is none.")
                }
                return microseconds
            },
            write: time.write)
    }
}

extension JSONShape where Value == Int32 {
    static func integer(_ range: ClosedRange<Int32> = 0...Int32.max) -> JSONShape<Int32> {
        let wide = ClosedRange(uncheckedBounds: (Int64(range.lowerBound), Int64(range.upperBound)))
        return JSONShape<Int64>.integer(wide).converted(
            from: { Int32(truncatingIfNeeded: $0) }, to: { Int64($0) })
    }
}

extension JSONShape where Value == Double {
    static func number(_ range: ClosedRange<Double>? = nil) -> JSONShape<Double> {
        JSONShape(
            schema: .number(range),
            read: { reader throws(JSONProblem) in
                let value = try reader.readDouble()
                if let range, !range.contains(value) {
                    throw JSONProblem(
                        .outOfRange, "Send a number from \(range.lowerBound) to \(range.upperBound).")
                }
                return value
            },
            write: { value, writer in writer.double(value) })
    }
}
