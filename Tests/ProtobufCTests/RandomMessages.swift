import Contracts
import TestSupport

/// A message and the same content in protobuf's text format, written independently of the codec.
struct Written<Message> {
    var message: Message
    var text = ""

    /// Sets one field in both forms; a single field keeps its last value.
    mutating func set<Value: TextFormatted>(
        _ field: WritableKeyPath<Message, Value>, _ name: String, _ value: Value
    ) {
        message[keyPath: field] = value
        text += "\(name): \(value.textFormat)\n"
    }

    mutating func append<Value: TextFormatted>(
        _ field: WritableKeyPath<Message, [Value]>, _ name: String, _ value: Value
    ) {
        message[keyPath: field].append(value)
        text += "\(name): \(value.textFormat)\n"
    }

    mutating func append<Inner>(_ field: WritableKeyPath<Message, [Inner]>, _ name: String, _ inner: Written<Inner>) {
        message[keyPath: field].append(inner.message)
        text += "\(name) {\n\(inner.text)}\n"
    }

    mutating func set<Inner>(_ field: WritableKeyPath<Message, Inner?>, _ name: String, _ inner: Written<Inner>) {
        message[keyPath: field] = inner.message
        text += "\(name) {\n\(inner.text)}\n"
    }
}

/// Makes messages that hold every kind of field, extreme values more often than chance would.
struct RandomMessages {
    var values: RandomValues

    mutating func everything() -> Written<TestingV1.Everything> {
        var written = Written(message: TestingV1.Everything())
        if values.flag() { written.set(\.scalars, "scalars", scalars()) }
        if values.flag() { written.set(\.repeated, "repeated", repeated()) }
        if values.flag() { written.set(\.choices, "choices", choices()) }
        return written
    }

    mutating func scalars() -> Written<TestingV1.Scalars> {
        var written = Written(message: TestingV1.Scalars())
        if values.flag() { written.set(\.doubleValue, "double_value", values.double()) }
        if values.flag() { written.set(\.floatValue, "float_value", values.float()) }
        if values.flag() { written.set(\.int64Value, "int64_value", values.integer()) }
        if values.flag() { written.set(\.uint64Value, "uint64_value", values.integer()) }
        if values.flag() { written.set(\.int32Value, "int32_value", values.integer()) }
        if values.flag() { written.set(\.fixed64Value, "fixed64_value", values.integer()) }
        if values.flag() { written.set(\.fixed32Value, "fixed32_value", values.integer()) }
        if values.flag() { written.set(\.boolValue, "bool_value", values.flag()) }
        if values.flag() { written.set(\.stringValue, "string_value", values.text()) }
        if values.flag() { written.set(\.bytesValue, "bytes_value", values.bytes()) }
        if values.flag() { written.set(\.uint32Value, "uint32_value", values.integer()) }
        if values.flag() { written.set(\.color, "color", color()) }
        if values.flag() { written.set(\.sfixed32Value, "sfixed32_value", values.integer()) }
        if values.flag() { written.set(\.sfixed64Value, "sfixed64_value", values.integer()) }
        if values.flag() { written.set(\.sint32Value, "sint32_value", values.integer()) }
        if values.flag() { written.set(\.sint64Value, "sint64_value", values.integer()) }
        if values.flag() { written.set(\.inner, "inner", inner()) }
        if values.flag() { written.set(\.far, "far", values.integer()) }
        return written
    }

    mutating func repeated() -> Written<TestingV1.Repeated> {
        var written = Written(message: TestingV1.Repeated())
        for _ in 0..<values.count() { written.append(\.doubleValues, "double_values", values.double()) }
        for _ in 0..<values.count() { written.append(\.floatValues, "float_values", values.float()) }
        for _ in 0..<values.count() { written.append(\.int64Values, "int64_values", values.integer()) }
        for _ in 0..<values.count() { written.append(\.uint64Values, "uint64_values", values.integer()) }
        for _ in 0..<values.count() { written.append(\.int32Values, "int32_values", values.integer()) }
        for _ in 0..<values.count() { written.append(\.fixed64Values, "fixed64_values", values.integer()) }
        for _ in 0..<values.count() { written.append(\.fixed32Values, "fixed32_values", values.integer()) }
        for _ in 0..<values.count() { written.append(\.boolValues, "bool_values", values.flag()) }
        for _ in 0..<values.count() { written.append(\.stringValues, "string_values", values.text()) }
        for _ in 0..<values.count() { written.append(\.bytesValues, "bytes_values", values.bytes()) }
        for _ in 0..<values.count() { written.append(\.uint32Values, "uint32_values", values.integer()) }
        for _ in 0..<values.count() { written.append(\.colors, "colors", color()) }
        for _ in 0..<values.count() { written.append(\.sfixed32Values, "sfixed32_values", values.integer()) }
        for _ in 0..<values.count() { written.append(\.sfixed64Values, "sfixed64_values", values.integer()) }
        for _ in 0..<values.count() { written.append(\.sint32Values, "sint32_values", values.integer()) }
        for _ in 0..<values.count() { written.append(\.sint64Values, "sint64_values", values.integer()) }
        for _ in 0..<values.count() { written.append(\.inners, "inners", inner()) }
        for _ in 0..<values.count() { written.append(\.unpackedValues, "unpacked_values", values.integer()) }
        for _ in 0..<values.count() { written.append(\.states, "states", state()) }
        return written
    }

    mutating func choices() -> Written<TestingV1.Choices> {
        var written = Written(message: TestingV1.Choices())
        if values.flag() { choose(&written) }
        if values.flag() { written.set(\.count, "count", values.integer()) }
        if values.flag() { written.set(\.note, "note", values.text()) }
        if values.flag() { written.set(\.leaf, "leaf", leaf()) }
        return written
    }

    private mutating func choose(_ written: inout Written<TestingV1.Choices>) {
        func set<Value: TextFormatted>(_ name: String, _ value: Value, _ make: (Value) -> TestingV1.Choices.Choice) {
            written.message.choice = make(value)
            written.text += "\(name): \(value.textFormat)\n"
        }
        switch Int.random(in: 0...16, using: &values.generator) {
        case 0: set("double_value", values.double(), TestingV1.Choices.Choice.doubleValue)
        case 1: set("float_value", values.float(), TestingV1.Choices.Choice.floatValue)
        case 2: set("int64_value", values.integer(), TestingV1.Choices.Choice.int64Value)
        case 3: set("uint64_value", values.integer(), TestingV1.Choices.Choice.uint64Value)
        case 4: set("int32_value", values.integer(), TestingV1.Choices.Choice.int32Value)
        case 5: set("fixed64_value", values.integer(), TestingV1.Choices.Choice.fixed64Value)
        case 6: set("fixed32_value", values.integer(), TestingV1.Choices.Choice.fixed32Value)
        case 7: set("bool_value", values.flag(), TestingV1.Choices.Choice.boolValue)
        case 8: set("string_value", values.text(), TestingV1.Choices.Choice.stringValue)
        case 9: set("bytes_value", values.bytes(), TestingV1.Choices.Choice.bytesValue)
        case 10: set("uint32_value", values.integer(), TestingV1.Choices.Choice.uint32Value)
        case 11: set("color", color(), TestingV1.Choices.Choice.color)
        case 12: set("sfixed32_value", values.integer(), TestingV1.Choices.Choice.sfixed32Value)
        case 13: set("sfixed64_value", values.integer(), TestingV1.Choices.Choice.sfixed64Value)
        case 14: set("sint32_value", values.integer(), TestingV1.Choices.Choice.sint32Value)
        case 15: set("sint64_value", values.integer(), TestingV1.Choices.Choice.sint64Value)
        default:
            let inner = inner()
            written.message.choice = .inner(inner.message)
            written.text += "inner {\n\(inner.text)}\n"
        }
    }

    mutating func inner() -> Written<TestingV1.Inner> {
        var written = Written(message: TestingV1.Inner())
        if values.flag() { written.set(\.leaf, "leaf", leaf()) }
        if values.flag() { written.set(\.state, "state", state()) }
        for _ in 0..<values.count() { written.append(\.leaves, "leaves", leaf()) }
        return written
    }

    private mutating func leaf() -> Written<TestingV1.Inner.Leaf> {
        var written = Written(message: TestingV1.Inner.Leaf())
        if values.flag() { written.set(\.name, "name", values.text()) }
        if values.flag() { written.set(\.state, "state", state()) }
        return written
    }

    /// A number without a name now and then.
    private mutating func color() -> TestingV1.Color {
        values.flag() ? TestingV1.Color.all[values.count() % 4] : TestingV1.Color(rawValue: values.integer())
    }

    private mutating func state() -> TestingV1.Inner.State {
        values.flag() ? .lost : TestingV1.Inner.State(rawValue: values.integer())
    }
}

extension RandomMessages {
    mutating func maps() -> Written<TestingV1.Maps> {
        var written = Written(message: TestingV1.Maps())
        for _ in 0..<values.count() { put(\.totals, "totals", values.text(), values.integer(), &written) }
        for _ in 0..<values.count() { put(\.names, "names", values.integer(), values.text(), &written) }
        for _ in 0..<values.count() { put(\.blobs, "blobs", values.flag(), values.bytes(), &written) }
        for _ in 0..<values.count() { put(\.colors, "colors", values.text(), color(), &written) }
        for _ in 0..<values.count() { put(\.flags, "flags", values.integer(), values.flag(), &written) }
        for _ in 0..<values.count() { put(\.rates, "rates", values.integer(), values.double(), &written) }
        for _ in 0..<values.count() {
            let key: UInt64 = values.integer()
            let inner = inner()
            written.message.inners[key] = inner.message
            written.text += "inners { key: \(key) value {\n\(inner.text)} }\n"
        }
        return written
    }

    /// The same key again replaces the value, in both forms.
    private func put<Key: TextFormatted & Hashable, Value: TextFormatted>(
        _ field: WritableKeyPath<TestingV1.Maps, [Key: Value]>, _ name: String, _ key: Key, _ value: Value,
        _ written: inout Written<TestingV1.Maps>
    ) {
        written.message[keyPath: field][key] = value
        written.text += "\(name) { key: \(key.textFormat) value: \(value.textFormat) }\n"
    }
}
