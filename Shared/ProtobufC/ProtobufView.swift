internal import CProtobufC

/// An unpacked message read by the names of its fields, without generated code.
///
/// For tools that read their own output, such as the generator with the descriptor set of protoc: it is slow, cannot
/// write, and sets no limits, so it is not for bytes from a socket. A field that the message type lacks, or that has
/// another type than asked for, stops the program, as it is a slip in the tool.
public struct ProtobufView {
    /// Owns the memory that all views of one message look into.
    private final class Storage {
        let root: UnsafeMutablePointer<ProtobufCMessage>

        /// - Parameter root: made by protobuf-c with its own allocator, and freed here.
        init(adopting root: UnsafeMutablePointer<ProtobufCMessage>) {
            self.root = root
        }

        deinit {
            protobuf_c_message_free_unpacked(root, nil)
        }
    }

    private let storage: Storage
    private let message: UnsafePointer<ProtobufCMessage>

    /// Unpacks `bytes`, which must come from a trusted tool.
    public init(unpacking bytes: [UInt8], as descriptor: ProtobufDescriptor) throws(ProtobufError) {
        guard let root = protobuf_c_message_unpack(descriptor.pointer, nil, bytes.count, bytes) else {
            throw ProtobufError(.malformed, messageName: descriptor.name)
        }
        storage = Storage(adopting: root)
        message = UnsafePointer(root)
    }

    private init(_ message: UnsafePointer<ProtobufCMessage>, in storage: Storage) {
        self.storage = storage
        self.message = message
    }

    /// A text field; empty where it is absent.
    public func text(_ name: String) -> String {
        let field = field(name, PROTOBUF_C_TYPE_STRING)
        return text(at: start(of: field))
    }

    /// The elements of a repeated text field.
    public func texts(_ name: String) -> [String] {
        elements(field(name, PROTOBUF_C_TYPE_STRING), stride: MemoryLayout<UnsafeRawPointer>.stride) { text(at: $0) }
    }

    /// An `int32`, `bool` or enumeration field; nil where it is absent.
    public func number(_ name: String) -> Int? {
        let field = field(name, PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_BOOL, PROTOBUF_C_TYPE_ENUM)
        if field.label == PROTOBUF_C_LABEL_OPTIONAL, quantifier(of: field).load(as: protobuf_c_boolean.self) == 0 {
            return nil
        }
        return Int(start(of: field).load(as: Int32.self))
    }

    /// The elements of a repeated `int32` field.
    public func numbers(_ name: String) -> [Int] {
        elements(field(name, PROTOBUF_C_TYPE_INT32), stride: MemoryLayout<Int32>.stride) {
            Int($0.load(as: Int32.self))
        }
    }

    /// A message field; nil where it is absent.
    public func message(_ name: String) -> ProtobufView? {
        view(at: start(of: field(name, PROTOBUF_C_TYPE_MESSAGE)))
    }

    /// The elements of a repeated message field.
    public func messages(_ name: String) -> [ProtobufView] {
        elements(field(name, PROTOBUF_C_TYPE_MESSAGE), stride: MemoryLayout<UnsafeRawPointer>.stride) {
            // protobuf-c fills every element of a repeated field that it counts.
            view(at: $0)!
        }
    }

    private func field(_ name: String, _ types: ProtobufCType...) -> ProtobufCFieldDescriptor {
        guard let field = protobuf_c_message_descriptor_get_field_by_name(message.pointee.descriptor, name),
            types.contains(field.pointee.type)
        else {
            preconditionFailure("\(ProtobufDescriptor(message.pointee.descriptor).name) has no such field \(name)")
        }
        return field.pointee
    }

    private func start(of field: ProtobufCFieldDescriptor) -> UnsafeRawPointer {
        UnsafeRawPointer(message) + Int(field.offset)
    }

    /// Where the count of a repeated field stands, or whether an optional one is present.
    private func quantifier(of field: ProtobufCFieldDescriptor) -> UnsafeRawPointer {
        UnsafeRawPointer(message) + Int(field.quantifier_offset)
    }

    private func elements<Element>(
        _ field: ProtobufCFieldDescriptor, stride: Int, _ read: (UnsafeRawPointer) -> Element
    ) -> [Element] {
        precondition(field.label == PROTOBUF_C_LABEL_REPEATED, "the field is not repeated")
        let count = quantifier(of: field).load(as: Int.self)
        guard count > 0, let first = start(of: field).load(as: UnsafeRawPointer?.self) else { return [] }
        return (0..<count).map { read(first + $0 * stride) }
    }

    private func text(at place: UnsafeRawPointer) -> String {
        guard let start = place.load(as: UnsafePointer<CChar>?.self) else { return "" }
        return String(cString: start)
    }

    private func view(at place: UnsafeRawPointer) -> ProtobufView? {
        guard let start = place.load(as: UnsafePointer<ProtobufCMessage>?.self) else { return nil }
        return ProtobufView(start, in: storage)
    }
}
