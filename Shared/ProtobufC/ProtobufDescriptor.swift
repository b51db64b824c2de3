public import CProtobufC

/// The description that protoc-c wrote for one message type.
///
/// Unchecked: the pointee is constant data of the C object file, never written and never freed.
public struct ProtobufDescriptor: @unchecked Sendable {
    @usableFromInline let pointer: UnsafePointer<ProtobufCMessageDescriptor>

    @usableFromInline
    init(_ pointer: UnsafePointer<ProtobufCMessageDescriptor>) {
        self.pointer = pointer
    }

    /// Finds the descriptor by asking `initialize`, the `…__init` function of the C structure: a C constant itself has
    /// no fixed address in Swift.
    public init<CMessage>(of initialize: (UnsafeMutablePointer<CMessage>?) -> Void) {
        let message = UnsafeMutablePointer<CMessage>.allocate(capacity: 1)
        defer { message.deallocate() }
        initialize(message)
        let base = UnsafeRawPointer(message).assumingMemoryBound(to: ProtobufCMessage.self)
        self.pointer = base.pointee.descriptor
    }

    /// Full name of the message, for example `zhike.profile.v1.Customer`.
    public var name: String { String(cString: pointer.pointee.name) }
}
