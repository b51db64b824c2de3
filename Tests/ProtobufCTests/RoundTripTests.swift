import Contracts
import ProtobufC
import Testing

@Suite("What is packed comes back equal")
struct RoundTripTests {
    @Test("every kind of field without presence")
    func scalars() throws {
        var message = TestingV1.Scalars(
            doubleValue: -0.5, floatValue: 1.25, int64Value: .min, uint64Value: .max, int32Value: -1,
            fixed64Value: 1 << 63, fixed32Value: .max, boolValue: true, stringValue: "知客 \u{1F642}",
            bytesValue: [0, 255, 0], uint32Value: .max, color: .default, sfixed32Value: .min, sfixed64Value: .max,
            sint32Value: .min, sint64Value: .min)
        message.inner = TestingV1.Inner(leaf: .init(name: "leaf", state: .lost), state: .open)
        message.far = -7
        #expect(try TestingV1.Scalars(unpacking: message.packed()) == message)
    }

    @Test("one element of a repeated number, where the length before it weighs most")
    func singleElements() throws {
        for message in [
            TestingV1.Repeated(fixed32Values: [.max]), .init(boolValues: [true]), .init(fixed64Values: [.max]),
            .init(int64Values: [-1]), .init(uint32Values: [.max]), .init(colors: [.init(rawValue: -1)]),
            .init(sint32Values: [.min]), .init(floatValues: [1]), .init(unpackedValues: [-1]),
        ] {
            #expect(try TestingV1.Repeated(unpacking: message.packed()) == message)
        }
    }

    @Test("an empty message takes no bytes")
    func empty() throws {
        #expect(try TestingV1.Scalars().packed() == [])
        #expect(try TestingV1.Scalars(unpacking: []) == TestingV1.Scalars())
    }

    @Test("maps with every kind of key")
    func maps() throws {
        let message = TestingV1.Maps(
            totals: ["a": 1, "": 0, "知": -3], names: [-1: "minus", 0: ""], blobs: [true: [1], false: []],
            inners: [9: .init(state: .lost), .max: .init()], colors: ["x": .red, "y": .init(rawValue: 99)],
            flags: [.min: true, 5: false], rates: [.max: 0.5])
        #expect(try TestingV1.Maps(unpacking: message.packed()) == message)
    }

    @Test("a oneof keeps which member was set, defaults included")
    func choices() throws {
        for choice: TestingV1.Choices.Choice? in [
            nil, .boolValue(false), .int64Value(0), .stringValue(""), .bytesValue([]), .inner(.init()),
            .color(.init(rawValue: -4)), .doubleValue(2.5),
        ] {
            let message = TestingV1.Choices(choice: choice, count: 0, note: "", leaf: .init())
            #expect(try TestingV1.Choices(unpacking: message.packed()) == message)
        }
        #expect(try TestingV1.Choices(unpacking: TestingV1.Choices().packed()).count == nil)
    }

    @Test("names that Swift or C reserve")
    func reservedNames() throws {
        let message = TestingV1.Reserved(
            in: "in", class: "class", default: 3, repeat: ["a", "b"], selfValue: true, initValue: 4, where: .case(5),
            customerID: "id", ruleJSON: "{}", descriptionValue: "private", source: "source", reader: 1,
            target: ["a": "b"], writer: true, value: "value", varValue: "var", inoutValue: "inout")
        #expect(try TestingV1.Reserved(unpacking: message.packed()) == message)
        #expect("\(message)" == "zhike.testing.v1.Reserved")
    }
}
