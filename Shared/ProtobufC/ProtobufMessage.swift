/// A message of the contracts as a Swift value.
///
/// Fields that this version does not know are skipped when a message is unpacked: a suite service answers from its own
/// values and never passes a foreign message on. Enumeration values that it does not know are kept.
/// Two limits of protobuf-c 1.4 remain: negative zero in a field without presence is sent as absent, hence as zero; and
/// of a single message field that comes in two parts, which no known writer sends, the numbers of the first are lost.
///
/// The generator writes the conformances. `read` and `write` are for generated code alone; everyone else uses
/// `init(unpacking:memoryLimit:)`, `packed()` and `withPackedBytes(_:)`.
public protocol ProtobufMessage: Sendable, Hashable, CustomStringConvertible {
    /// Full name in the contracts, for example `zhike.profile.v1.Customer`.
    static var protobufName: String { get }

    /// The description protobuf-c reads and writes this message by.
    static var protobufDescriptor: ProtobufDescriptor { get }

    /// The message with every field at its default.
    init()

    /// Copies the C structure at `source`, which lives as long as `reader`.
    init(reading source: UnsafeRawPointer, with reader: inout ProtobufReader)

    /// Builds the C structure of this message in the memory of `writer`.
    func write(with writer: inout ProtobufWriter) -> UnsafeMutableRawPointer
}

extension ProtobufMessage {
    /// The name alone: a message may hold personal data, which no log may show.
    public var description: String { Self.protobufName }
}
